/** ModernBERT's decoder, of which Ettin's decoders are. */
package org.sparkadept.decoder.model.family.modernbert;
