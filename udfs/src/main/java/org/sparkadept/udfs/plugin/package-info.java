/** Spark plugin: loads models when an executor starts, and publishes metrics. */
package org.sparkadept.udfs.plugin;
