package org.sparkadept.udfs.classify;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import org.sparkadept.decoder.error.AdeptException;

/** Objects of ours as bytes, on their way to another class loader. */
final class Serialized {
  private Serialized() {}

  static byte[] write(Object object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads with the classes of this loader. */
  static <T> T read(byte[] bytes, Class<T> type) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return type.cast(in.readObject());
    } catch (IOException | ClassNotFoundException e) {
      throw new AdeptException(
          "Two class loaders of this JVM have different versions of spark-adept, which cannot share"
              + " a model: "
              + e
              + ". Give all sessions the same archive.",
          e);
    }
  }
}
