package org.sparkadept.benchmarks.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.sparkadept.decoder.error.AdeptException;

/**
 * Rows of a JSON lines file, in memory.
 *
 * @param texts {@code [rows]} in UTF-8
 * @param labels {@code [rows]}; null where a row has none
 */
public record LabelledTexts(byte[][] texts, String[] labels) {

  /**
   * @param file JSON lines, plain or gzipped (by the name's end)
   * @param textField field with the text; lines without it are passed over
   * @param labelField field with the label
   * @param limit most rows to read
   * @throws AdeptException if a line is no JSON, or there is no row at all
   */
  public static LabelledTexts read(Path file, String textField, String labelField, int limit)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<byte[]> texts = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = reader.readLine();
          line != null && texts.size() < limit;
          line = reader.readLine()) {
        number++;
        JsonNode row = parse(json, line, file, number);
        if (row.hasNonNull(textField)) {
          texts.add(row.get(textField).asText().getBytes(StandardCharsets.UTF_8));
          labels.add(row.hasNonNull(labelField) ? row.get(labelField).asText() : null);
        }
      }
    }
    if (texts.isEmpty()) {
      throw new AdeptException(file + " has no row with the field '" + textField + "'.");
    }
    return new LabelledTexts(texts.toArray(new byte[0][]), labels.toArray(new String[0]));
  }

  private static JsonNode parse(ObjectMapper json, String line, Path file, int number) {
    try {
      return json.readTree(line);
    } catch (IOException e) {
      throw new AdeptException(file + ", line " + number + ", is no JSON: " + e.getMessage(), e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    return file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
  }
}
