/**
 * Risk control of the exit threshold τ: Learn-then-Test (Angelopoulos et al., arXiv 2110.01052) by
 * fixed-sequence testing with exact binomial tails, as CALM (Schuster et al., arXiv 2207.07061)
 * does. A fit ends with it; {@code adept calibrate} does it anew.
 */
package org.sparkadept.pipeline.calibrate;
