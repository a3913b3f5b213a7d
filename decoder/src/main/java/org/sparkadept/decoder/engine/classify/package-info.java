/**
 * Classification: waves and micro-batches, how rows run through the layers, exit, and how the
 * survivors are merged.
 */
package org.sparkadept.decoder.engine.classify;
