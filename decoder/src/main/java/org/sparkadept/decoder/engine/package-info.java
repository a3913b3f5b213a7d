/**
 * Waves and micro-batches: how rows travel through the layers, leave at their exits, and how the
 * survivors are merged.
 */
package org.sparkadept.decoder.engine;
