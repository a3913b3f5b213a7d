/** What an executor does for classification before its first task, and what it tells of it. */
package org.sparkadept.udfs.plugin;
