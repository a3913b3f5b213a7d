/** The safetensors format: single files, shards and their index. */
package org.sparkadept.decoder.format.safetensors;
