/** Labelled rows: reading, labels, the division into training and validation rows. */
package org.sparkadept.training.data;
