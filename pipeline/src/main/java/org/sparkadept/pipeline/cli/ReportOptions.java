package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.sparkadept.pipeline.report.ReportWriter;
import org.sparkadept.pipeline.report.data.Report;
import picocli.CommandLine.Option;

/** Where reports are written. */
final class ReportOptions {
  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Write an HTML and a JSON report to DIR.")
  private Path directory;

  /** Checks, before the work, that reports can be written to the directory, if one was named. */
  void check() {
    if (directory != null) {
      OutputFile.check("report", directory.resolve("report.html"));
    }
  }

  /** Writes a report, if a directory was named, and prints where its page is. */
  void write(Report report, String name, PrintWriter out) {
    if (directory != null) {
      out.println("\nReport: " + ReportWriter.write(report, directory, name).html());
      out.flush();
    }
  }
}
