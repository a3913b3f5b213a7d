/** The columns of input tables: found by name, checked, and named in messages. */
package org.sparkadept.udfs.table;
