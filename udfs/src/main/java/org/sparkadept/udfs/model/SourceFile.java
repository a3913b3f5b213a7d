package org.sparkadept.udfs.model;

import java.io.Serializable;

/**
 * A file of a model on a remote file system.
 *
 * @param name within the model's folder
 * @param length in bytes
 * @param modified time of its last change, in milliseconds since 1970
 * @param sha256 hash of its content, in hexadecimal digits; null while nobody has read it
 */
record SourceFile(String name, long length, long modified, String sha256) implements Serializable {
  private static final long serialVersionUID = 1L;

  SourceFile withHash(String value) {
    return new SourceFile(name, length, modified, value);
  }
}
