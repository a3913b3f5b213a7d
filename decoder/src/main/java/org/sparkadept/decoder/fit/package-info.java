/**
 * What the fit of token exits reads of a frozen backbone: the sums that the hidden state mapper is
 * solved from, and what a token's exit would cost. The products are those of the compute backend
 * ({@link org.sparkadept.decoder.compute.FitSession}).
 */
package org.sparkadept.decoder.fit;
