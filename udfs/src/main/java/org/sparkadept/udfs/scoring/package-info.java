/**
 * Scoring a data set through Arrow batches: rows in, the same rows with the function's result as
 * further columns out, lazily and within bounded memory.
 */
package org.sparkadept.udfs.scoring;
