/** What a run says at its end: a table for people, a JSON file for programs. */
package org.sparkadept.pipeline.report;
