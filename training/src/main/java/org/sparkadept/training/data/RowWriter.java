package org.sparkadept.training.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/**
 * Writes labelled rows as JSON lines, one object {@code {"id","label","text","split"}} a line; a
 * name that ends in {@code .gz} is compressed.
 */
public final class RowWriter implements Closeable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Writer writer;

  /**
   * @param file replaced if it is there
   * @throws IOException if it cannot be written
   */
  public RowWriter(Path file) throws IOException {
    OutputStream raw = Files.newOutputStream(file);
    OutputStream content = file.toString().endsWith(".gz") ? new GZIPOutputStream(raw) : raw;
    writer = new BufferedWriter(new OutputStreamWriter(content, StandardCharsets.UTF_8));
  }

  /**
   * @param split what the row is for
   */
  public void write(LabelledRow row, String split) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("id", row.id()).put("label", row.label()).put("text", row.text()).put("split", split);
    writer.write(JSON.writeValueAsString(node));
    writer.write('\n');
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
