/** When a row leaves the network: exit policies over the read-outs of the exit heads. */
package org.sparkadept.decoder.exit;
