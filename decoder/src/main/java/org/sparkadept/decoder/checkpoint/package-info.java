/**
 * Bytes to typed records: safetensors files (memory-mapped, sharded, F32/F16/BF16), {@code
 * adept.json}, and the model directory that holds them. {@link
 * org.sparkadept.decoder.checkpoint.ModelDirectory} is the way in. Nothing that a file says is
 * trusted: whatever is wrong with it ends in a {@link
 * org.sparkadept.decoder.checkpoint.CheckpointException}.
 */
package org.sparkadept.decoder.checkpoint;
