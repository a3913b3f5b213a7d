package org.sparkadept.training.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Files of labelled rows: JSON lines in UTF-8, one object {@code {"id","label","text"}} a line, the
 * written ones with {@code "split"}, too. Files whose names end in {@code .gz} are compressed.
 */
public final class RowFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RowFile() {}

  /** A line that is not a labelled row; the message names file and line. */
  public static final class RowFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    RowFormatException(Path file, long line, String problem, Throwable cause) {
      super(file + ", line " + line + ": " + problem, cause);
    }
  }

  /** Writes rows one by one. */
  public static final class RowWriter implements Closeable {
    private final Writer writer;

    /**
     * @param file replaced if it exists
     * @throws IOException if it cannot be written
     */
    public RowWriter(Path file) throws IOException {
      OutputStream raw = Files.newOutputStream(file);
      OutputStream content = file.toString().endsWith(".gz") ? new GZIPOutputStream(raw) : raw;
      writer = new BufferedWriter(new OutputStreamWriter(content, StandardCharsets.UTF_8));
    }

    /**
     * @param split what the row is used for
     */
    public void write(LabelledRow row, String split) throws IOException {
      ObjectNode node = JSON.valueToTree(row);
      writer.write(JSON.writeValueAsString(node.put("split", split)));
      writer.write('\n');
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }

  /**
   * Reads a whole file.
   *
   * @return the rows in file order, never empty
   * @throws RowFormatException if a line is no JSON object, lacks a field, or the file has no row
   * @throws IOException if the file cannot be read
   */
  public static List<LabelledRow> read(Path file) throws IOException {
    List<LabelledRow> rows = new ArrayList<>();
    long line = 0;
    try (BufferedReader reader = open(file)) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        if (!text.isBlank()) {
          rows.add(parse(file, line, text));
        }
      }
    }
    if (rows.isEmpty()) {
      throw new RowFormatException(file, line, "the file holds no row", null);
    }
    return rows;
  }

  private static BufferedReader open(Path file) throws IOException {
    InputStream raw = Files.newInputStream(file);
    try {
      InputStream content = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
      return new BufferedReader(new InputStreamReader(content, StandardCharsets.UTF_8));
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static LabelledRow parse(Path file, long line, String text) throws RowFormatException {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new RowFormatException(file, line, "not JSON", e);
    }
    if (!node.isObject()) {
      throw new RowFormatException(file, line, "expected a JSON object", null);
    }
    return new LabelledRow(
        field(file, line, node, "id"),
        field(file, line, node, "label"),
        field(file, line, node, "text"));
  }

  private static String field(Path file, long line, JsonNode node, String name)
      throws RowFormatException {
    JsonNode value = node.get(name);
    if (value == null || !value.isValueNode() || value.isNull()) {
      throw new RowFormatException(file, line, "field \"" + name + "\" is missing", null);
    }
    String text = value.asText();
    if (text.isBlank()) {
      throw new RowFormatException(file, line, "field \"" + name + "\" is blank", null);
    }
    return text;
  }
}
