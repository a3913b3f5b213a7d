package org.sparkadept.decoder.format.safetensors;

import java.nio.file.Path;
import java.util.Map;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.format.PlainName;

/**
 * {@code model.safetensors.index.json}: which shard holds which tensor. Shards must be plain names
 * in the index's own folder (they may be symbolic links, as in the Hugging Face cache).
 *
 * @param file the index
 * @param shardOf file name of the shard by tensor name
 */
record ShardIndex(Path file, Map<String, String> shardOf) {

  /**
   * @throws CheckpointException if the index is malformed or points out of its folder
   */
  static ShardIndex read(Path file) {
    JsonObject json = JsonObject.read(file);
    Map<String, String> shardOf = json.textMap("weight_map");
    if (shardOf.isEmpty()) {
      throw json.wrong("weight_map", "names no tensors; download the index again");
    }
    for (String shard : shardOf.values()) {
      if (!PlainName.isPlain(shard)) {
        throw json.wrong(
            "weight_map",
            "points to "
                + CheckpointException.quote(shard)
                + ", which is not a plain file name; an index may only name files of its own"
                + " folder");
      }
    }
    return new ShardIndex(file, shardOf);
  }
}
