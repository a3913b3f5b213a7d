/**
 * The ADEPT decoder: texts in, labels out, each row at the depth it needs. {@link
 * org.sparkadept.decoder.LoadedModel} holds a model's weights once; {@link
 * org.sparkadept.decoder.Classifier}s over it answer, each in its own way. Nothing here knows
 * Spark.
 */
package org.sparkadept.decoder;
