/**
 * The ADEPT decoder: texts in, labels out, each row at the depth it needs. {@link
 * org.sparkadept.decoder.Decoder} is the way in; nothing here knows Spark.
 */
package org.sparkadept.decoder;
