/**
 * What fitting reads off the hidden states of a frozen backbone: the states that exit heads and
 * policies are fitted on, the sums that the hidden state mapper is solved from, and what a token's
 * exit would cost. Plain Java, from {@link org.sparkadept.decoder.result.RowStates} and the
 * checkpoint.
 */
package org.sparkadept.decoder.fit;
