/**
 * Adapters of Hugging Face's PEFT: small files that say how the weights of a model are changed. The
 * changes are made when weights are read; nothing of the base is copied.
 */
package org.sparkadept.decoder.adapter;
