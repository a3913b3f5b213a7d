package org.sparkadept.pipeline.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.sparkadept.pipeline.output.OutputException;
import org.sparkadept.pipeline.output.PartFile;
import org.sparkadept.pipeline.report.data.Report;
import org.sparkadept.pipeline.report.html.HtmlReport;

/**
 * Writes a report's page and its JSON file side by side. Both are written under other names first;
 * a file is there whole or as it was before.
 */
public final class ReportWriter {
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
    byte[] page = HtmlReport.of(report).getBytes(StandardCharsets.UTF_8);
    try (PartFile html = new PartFile("report", absolute.resolve(name + ".html"));
        PartFile json = new PartFile("report", absolute.resolve(name + ".json"))) {
      html.write(page);
      json.write(ReportJson.bytes(report));
      html.putInPlace();
      json.putInPlace();
      return new ReportFiles(html.file(), json.file());
    }
  }
}
