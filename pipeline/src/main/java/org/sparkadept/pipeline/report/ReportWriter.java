package org.sparkadept.pipeline.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.pipeline.output.OutputException;
import org.sparkadept.pipeline.report.data.Report;
import org.sparkadept.pipeline.report.html.HtmlReport;

/**
 * Writes a report's page and its JSON file side by side. Both are written under other names first;
 * a file is there whole or as it was before.
 */
public final class ReportWriter {
  private static final Logger LOG = LoggerFactory.getLogger(ReportWriter.class);

  private ReportWriter() {}

  /**
   * The two files.
   *
   * @param html for people
   * @param json for programs
   */
  public record ReportFiles(Path html, Path json) {}

  /**
   * Writes {@code <name>.html} and {@code <name>.json}, in place of those that are there.
   *
   * @param folder made if it is not there
   * @param name of both files, without an ending
   * @throws OutputException if they cannot be written: no space, no permission, a name that is
   *     taken; the message names the file
   */
  public static ReportFiles write(Report report, Path folder, String name) {
    Path absolute = folder.toAbsolutePath();
    Part html = new Part(absolute.resolve(name + ".html"));
    Part json = new Part(absolute.resolve(name + ".json"));
    byte[] page = HtmlReport.of(report).getBytes(StandardCharsets.UTF_8);
    try {
      html.write(page);
      json.write(ReportJson.bytes(report));
      html.putInPlace();
      json.putInPlace();
    } finally {
      html.discard();
      json.discard();
    }
    return new ReportFiles(html.file, json.file);
  }

  /** A file under its other name. */
  private static final class Part {
    private final Path file;
    private final Path part;
    private boolean begun;

    private Part(Path file) {
      this.file = file;
      this.part = file.resolveSibling("." + file.getFileName() + ".part");
    }

    private void write(byte[] bytes) {
      try {
        Files.createDirectories(file.getParent());
        begun = true;
        Files.write(part, bytes);
      } catch (IOException e) {
        throw failure(e);
      }
    }

    private void putInPlace() {
      try {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw failure(e);
      }
    }

    private void discard() {
      try {
        if (begun) {
          Files.deleteIfExists(part);
        }
      } catch (IOException e) {
        LOG.warn("The unfinished file {} could not be removed: {}", part, e.toString());
      }
    }

    private OutputException failure(IOException cause) {
      String why = cause instanceof AccessDeniedException ? "permission denied" : cause.toString();
      return new OutputException(
          "The report cannot be written to "
              + file
              + " ("
              + why
              + "). Free some space, allow writing there, or choose another folder.",
          cause);
    }
  }
}
