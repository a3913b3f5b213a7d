/**
 * The decoder-only families (Llama, Mistral, Qwen2, Qwen3, GPT-2) as one configurable block: {@link
 * org.sparkadept.decoder.model.ModelConfig} says which parts it has, {@link
 * org.sparkadept.decoder.model.ModelTensors} where their weights are.
 */
package org.sparkadept.decoder.model;
