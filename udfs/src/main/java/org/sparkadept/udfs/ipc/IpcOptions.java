package org.sparkadept.udfs.ipc;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.sparkadept.decoder.error.AdeptException;

/**
 * The data source's options.
 *
 * @param stream {@code ipc=stream}: write streams; else ({@code ipc=file}, the default) files
 * @param compression {@code compression=none|lz4|zstd}: of what is written. The default is none:
 *     every program reads it, and can map it into memory
 * @param batchRows {@code batchRows}: rows after which a written record batch ends
 * @param batchBytes {@code batchBytes}: bytes after which it ends; it holds at most one row more
 * @param floorNanoseconds {@code nanoseconds=floor}: when reading, round times with nanoseconds
 *     down to Spark's microseconds; else ({@code nanoseconds=exact}, the default) they are an error
 * @param checkSchemas {@code checkSchemas=true}, the default: if no schema is given, compare those
 *     of all files and not only read the first
 */
record IpcOptions(
    boolean stream,
    CodecType compression,
    int batchRows,
    long batchBytes,
    boolean floorNanoseconds,
    boolean checkSchemas)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final String IPC = "ipc";
  private static final String COMPRESSION = "compression";
  private static final String BATCH_ROWS = "batchRows";
  private static final String BATCH_BYTES = "batchBytes";
  private static final String NANOSECONDS = "nanoseconds";
  private static final String CHECK_SCHEMAS = "checkSchemas";

  private static final int DEFAULT_BATCH_ROWS = 1 << 16;
  private static final int DEFAULT_BATCH_BYTES = 16 << 20;
  private static final int MAX_BATCH_BYTES = 512 << 20;

  /**
   * @param options the user's; those that are not ours are left alone. Names in any case.
   * @throws AdeptException if one of ours has a wrong value
   */
  static IpcOptions of(Map<String, String> options) {
    Map<String, String> given = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    given.putAll(options);
    return new IpcOptions(
        choice(given, IPC, "file", "stream") == 1,
        List.of(CodecType.NO_COMPRESSION, CodecType.LZ4_FRAME, CodecType.ZSTD)
            .get(choice(given, COMPRESSION, "none", "lz4", "zstd")),
        number(given, BATCH_ROWS, DEFAULT_BATCH_ROWS, Integer.MAX_VALUE),
        number(given, BATCH_BYTES, DEFAULT_BATCH_BYTES, MAX_BATCH_BYTES),
        choice(given, NANOSECONDS, "exact", "floor") == 1,
        choice(given, CHECK_SCHEMAS, "true", "false") == 0);
  }

  /** Index of the chosen value; 0 where nothing is said. */
  private static int choice(Map<String, String> given, String name, String... values) {
    String value = given.getOrDefault(name, values[0]).toLowerCase(Locale.ROOT);
    int index = Arrays.asList(values).indexOf(value);
    if (index < 0) {
      throw new AdeptException(
          String.format(
              "Option %s of format arrow is one of %s, but it is '%s'.",
              name, String.join(", ", values), given.get(name)));
    }
    return index;
  }

  private static int number(Map<String, String> given, String name, int otherwise, int most) {
    String value = given.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(value.strip());
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrongNumber(name, value, most);
    }
    throw wrongNumber(name, value, most);
  }

  private static AdeptException wrongNumber(String name, String value, int most) {
    return new AdeptException(
        String.format(
            "Option %s of format arrow is a number from 1 to %s, but it is '%s'.",
            name, most, value));
  }
}
