package org.sparkadept.gpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What JVMs say that are not set up for TornadoVM; real ones, started by the test. */
class ChoiceOfBackendTest {
  @Test
  void withoutTornadoVmItsNameIsRefusedWithTheRemedy() throws Exception {
    String said = probe("tornadovm");
    assertTrue(said.contains("'tornadovm' cannot run here"), said);
    assertTrue(said.contains("not among the modules"), said);
    assertTrue(said.contains("bin/adept-gpu-options"), said);
  }

  @Test
  void withoutTornadoVmAutoTakesTheCpuAndSaysWhy() throws Exception {
    String said = probe("auto");
    assertTrue(said.contains("Compute backend 'tornadovm' is skipped"), said);
    assertTrue(said.endsWith("cpu"), said);
  }

  @Test
  void withFallbackToJavaTheNameIsRefused() throws Exception {
    TestDevice.orSkip();
    String options = "@" + Path.of("target/gpu-options").toAbsolutePath();
    String said = probe("tornadovm", options, "-Dtornado.recover.bailout=True");
    assertTrue(said.contains("-Dtornado.recover.bailout=False is not set"), said);
  }

  @Test
  void withoutFullInliningTheNameIsRefused() throws Exception {
    TestDevice.orSkip();
    String options = "@" + Path.of("target/gpu-options").toAbsolutePath();
    String said = probe("tornadovm", options, "-Dtornado.compiler.fullInlining=False");
    assertTrue(said.contains("-Dtornado.compiler.fullInlining=True is not set"), said);
    assertTrue(said.contains("bin/adept-gpu-options"), said);
  }

  private static String probe(String backend, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(BackendProbe.class.getName(), backend));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.strip();
  }
}
