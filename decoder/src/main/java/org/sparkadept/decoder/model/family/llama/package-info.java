/** Llama and the models that are built like it. */
package org.sparkadept.decoder.model.family.llama;
