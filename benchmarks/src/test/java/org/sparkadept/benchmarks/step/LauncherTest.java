package org.sparkadept.benchmarks.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;

class LauncherTest {
  @TempDir private Path folder;

  private Launcher launcher(String script) throws IOException {
    Path program = folder.resolve("adept");
    Files.writeString(program, "#!/bin/sh\n" + script);
    assertTrue(program.toFile().setExecutable(true));
    return new Launcher(program, folder.resolve("logs"));
  }

  @Test
  void whatACommandPrintsIsInItsLog() throws Exception {
    Launcher launcher = launcher("echo \"$# $2\"\necho warned >&2\n");

    assertTrue(launcher.run("fit", List.of("fit", "two words")) > 0);
    assertEquals("2 two words\nwarned\n", Files.readString(folder.resolve("logs/fit.log")));
  }

  @Test
  void aCommandThatFailsIsToldWithItsLastLine() throws IOException {
    Launcher launcher = launcher("echo begins\necho 'There are 3 rows.' >&2\necho\nexit 7\n");

    AdeptException e =
        assertThrows(AdeptException.class, () -> launcher.run("fit", List.of("fit", "-q")));
    assertEquals(
        "'adept fit' failed with exit code 7: There are 3 rows. (all that it printed is in "
            + folder.resolve("logs/fit.log")
            + ")",
        e.getMessage());
  }

  @Test
  void aLauncherThatIsNotThereIsRefused() {
    AdeptException e =
        assertThrows(AdeptException.class, () -> new Launcher(folder.resolve("none"), folder));
    assertTrue(e.getMessage().contains("--adept"), e.getMessage());
  }
}
