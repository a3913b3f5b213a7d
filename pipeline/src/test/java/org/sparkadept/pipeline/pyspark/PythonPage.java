package org.sparkadept.pipeline.pyspark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The code in {@code docs/python.md}. */
final class PythonPage {
  private static final Path FILE = Path.of("..", "docs", "python.md");
  private static final String FENCE = "```";

  private PythonPage() {}

  /** Its Python code without some sections. */
  static String program(Set<String> leftOut) throws IOException {
    Set<String> all = new TreeSet<>();
    String program = code("python", section -> all.add(section) | !leftOut.contains(section));
    Set<String> unknown = new TreeSet<>(leftOut);
    unknown.removeAll(all);
    assertEquals(Set.of(), unknown, FILE + " has no such section with code");
    return program;
  }

  /** The shell commands of a section. */
  static String commands(String section) throws IOException {
    return code("sh", section::equals);
  }

  /** Each line of code where the page has it, and an empty line for every other. */
  private static String code(String language, Predicate<String> sections) throws IOException {
    StringBuilder code = new StringBuilder();
    String section = "";
    String fence = null;
    List<String> lines = Files.readAllLines(FILE);
    for (String line : lines) {
      boolean marks = line.startsWith(FENCE);
      if (fence == null && line.startsWith("#")) {
        section = line.replaceFirst("#+ ", "");
      }
      boolean wanted = language.equals(fence) && sections.test(section);
      code.append(wanted && !marks ? line : "").append('\n');
      if (marks) {
        fence = fence == null ? line.substring(FENCE.length()) : null;
      }
    }
    return code.toString();
  }
}
