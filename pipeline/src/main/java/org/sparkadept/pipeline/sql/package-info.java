/** SQL from the command line: statements in, tables, CSV or JSON out. */
package org.sparkadept.pipeline.sql;
