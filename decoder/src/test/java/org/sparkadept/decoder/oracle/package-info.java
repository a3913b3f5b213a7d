/**
 * A second implementation of the models, in double precision, after the modeling code of Hugging
 * Face Transformers. It shares nothing with the code under test, not even the reading of files, and
 * is written to be compared with the published formulas, not to be fast.
 */
package org.sparkadept.decoder.oracle;
