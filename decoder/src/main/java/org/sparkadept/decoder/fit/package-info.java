/**
 * What fitting reads of a frozen backbone: the states that exit heads and policies are fitted on,
 * the sums that the hidden state mapper is solved from, and what a token's exit would cost. The
 * products are those of the compute backend ({@link org.sparkadept.decoder.compute.FitSession}).
 */
package org.sparkadept.decoder.fit;
