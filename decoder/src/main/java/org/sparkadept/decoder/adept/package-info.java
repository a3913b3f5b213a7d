/** The ADEPT format: {@code adept.json} and {@code adept.safetensors} beside a checkpoint. */
package org.sparkadept.decoder.adept;
