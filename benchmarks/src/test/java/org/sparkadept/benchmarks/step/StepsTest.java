package org.sparkadept.benchmarks.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;

class StepsTest {
  private static final Map<String, Object> SETTINGS =
      Map.of("rows", 300, "command", List.of("fit", "--seed", "1"));

  @TempDir private Path folder;
  private final List<String> told = new ArrayList<>();
  private Steps steps;
  private int runs;

  private record Found(double share, List<Integer> layers) {}

  @BeforeEach
  void open() {
    steps = new Steps(folder.resolve("steps"), "abc", told::add);
  }

  private Found find() {
    runs++;
    return new Found(runs + 0.25, List.of(3, 1));
  }

  private Step<Found> run(Map<String, Object> settings) throws Exception {
    return steps.run("fit", settings, Found.class, this::find);
  }

  @Test
  void aFinishedStepIsNotDoneAgain() throws Exception {
    Step<Found> first = run(SETTINGS);
    steps = new Steps(folder.resolve("steps"), "another commit", told::add);
    Step<Found> second = run(SETTINGS);

    assertEquals(1, runs);
    assertEquals(new Found(1.25, List.of(3, 1)), first.result());
    assertEquals(first, second);
    assertEquals("abc", second.commit());
    assertFalse(second.interrupted());
    assertTrue(told.get(2).startsWith("fit: done before"), told.toString());
  }

  @Test
  void otherSettingsAreAnotherStep() throws Exception {
    run(SETTINGS);
    Step<Found> other = run(Map.of("rows", 301, "command", List.of("fit", "--seed", "1")));

    assertEquals(2, runs);
    assertEquals(2.25, other.result().share());
    assertFalse(other.interrupted());
  }

  @Test
  void aStepThatDidNotEndIsDoneAgainAndSaysSo() throws Exception {
    assertThrows(
        IOException.class,
        () ->
            steps.run(
                "fit",
                SETTINGS,
                Found.class,
                () -> {
                  throw new IOException("killed");
                }));
    assertTrue(run(SETTINGS).interrupted());
    assertTrue(run(SETTINGS).interrupted(), "kept with the step");

    Map<String, Object> others = Map.of("rows", 7);
    assertFalse(run(others).interrupted(), "a step of other settings had not begun");
  }

  private record Renamed(double share, List<Integer> exits) {}

  @Test
  void aResultOfAnotherVersionIsDoneAgain() throws Exception {
    run(SETTINGS);
    Renamed renamed = new Renamed(7, List.of(2));
    assertEquals(renamed, steps.run("fit", SETTINGS, Renamed.class, () -> renamed).result());
    assertTrue(told.get(2).contains("fit.json is the result of another version"), told.toString());
  }

  @Test
  void aDamagedFileIsNamed() throws Exception {
    run(SETTINGS);
    Path file = folder.resolve("steps").resolve("fit.json");
    Files.writeString(file, "{");

    AdeptException e = assertThrows(AdeptException.class, () -> run(SETTINGS));
    assertTrue(e.getMessage().startsWith(file + " cannot be read ("), e.getMessage());
  }
}
