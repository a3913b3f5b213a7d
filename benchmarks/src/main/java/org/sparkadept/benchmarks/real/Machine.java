package org.sparkadept.benchmarks.real;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.sparkadept.benchmarks.step.SourceTree;

/**
 * What the times depend on.
 *
 * @param processor its name, by {@code lscpu}
 * @param flags its instructions that matter for matrix products
 * @param cores that this JVM may use
 * @param jdk version of Java
 */
record Machine(String processor, List<String> flags, int cores, String jdk) {
  private static final Set<String> FLAGS =
      Set.of(
          "avx2",
          "fma",
          "f16c",
          "avx512f",
          "avx512bw",
          "avx512_vnni",
          "avx512_bf16",
          "avx512_fp16",
          "amx_tile",
          "amx_int8",
          "amx_bf16",
          "asimd",
          "sve",
          "bf16",
          "i8mm");

  static Machine here() {
    String facts = SourceTree.outputOf(List.of("env", "LC_ALL=C", "lscpu"));
    return new Machine(
        value(facts, "Model name:"),
        Arrays.stream(value(facts, "Flags:").split(" ")).filter(FLAGS::contains).toList(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version().toString());
  }

  /** What follows a name; unknown where there is no such line. */
  static String value(String facts, String name) {
    return facts
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst()
        .orElse("unknown");
  }
}
