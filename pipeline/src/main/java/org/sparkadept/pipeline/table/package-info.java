/** The columns of tables that jobs are given: found, checked, and brought into a fixed form. */
package org.sparkadept.pipeline.table;
