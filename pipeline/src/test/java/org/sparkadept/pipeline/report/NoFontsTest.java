package org.sparkadept.pipeline.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A slim container image: Java is there, and nothing to draw letters with. */
class NoFontsTest {
  @TempDir private Path folder;

  /** Writes a report into the folder that is named. */
  public static void main(String[] args) {
    ReportWriter.write(
        SampleReports.evaluation(SampleReports.labels(3)), Path.of(args[0]), "evaluation");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aReportIsWrittenWithoutItsPlotsAndSaysWhy() throws IOException, InterruptedException {
    Path configuration = folder.resolve("fonts.conf");
    Files.writeString(configuration, "<?xml version=\"1.0\"?><fontconfig></fontconfig>");
    Path logging = folder.resolve("log4j2.properties");
    Files.writeString(
        logging,
        """
        rootLogger.level = WARN
        rootLogger.appenderRef.stderr.ref = stderr
        appender.stderr.type = Console
        appender.stderr.name = stderr
        appender.stderr.target = SYSTEM_ERR
        appender.stderr.layout.type = PatternLayout
        appender.stderr.layout.pattern = %p %m%n
        """);
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Duser.home=" + folder,
            "-Dlog4j2.configurationFile=" + logging,
            "-cp",
            System.getProperty("java.class.path"),
            NoFontsTest.class.getName(),
            folder.toString());
    builder.environment().put("FONTCONFIG_FILE", configuration.toString());
    Process process = builder.redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(0, process.waitFor(), printed);
    Page page = Page.parse(Files.readString(folder.resolve("evaluation.html")));
    assertTrue(page.text().contains("Install fontconfig and a font"), page.text());
    assertTrue(page.text().contains("confidence"));
    assertFalse(page.html().contains("role=\"img\""));
    assertTrue(printed.contains("No plots in the reports"), printed);
  }
}
