/** Labelled rows: files, labels, tokens, the split into training and validation rows. */
package org.sparkadept.training.data;
