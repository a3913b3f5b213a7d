package org.sparkadept.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LabelSetTest {
  @Test
  void sortsLabelsAlphabetically() {
    LabelSet labels = LabelSet.of(List.of(row("1", "tea"), row("2", "ale"), row("3", "tea")));
    assertEquals(List.of("ale", "tea"), labels.names());
    assertEquals(1, labels.indexOf(row("4", "tea")));
  }

  @Test
  void namesRowAndLabelThatAreUnknown() {
    LabelSet labels = new LabelSet(List.of("ale", "tea"));
    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> labels.indexOf(row("7", "rum")));
    assertTrue(thrown.getMessage().contains("row 7"), thrown.getMessage());
    assertTrue(thrown.getMessage().contains("\"rum\""), thrown.getMessage());
  }

  @Test
  void refusesASingleLabel() {
    assertThrows(IllegalArgumentException.class, () -> LabelSet.of(List.of(row("1", "tea"))));
  }

  @Test
  void splitsWithoutLossAndTheSameWayForTheSameSeed() {
    List<LabelledRow> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      rows.add(row(String.valueOf(i), "tea"));
    }
    Split split = Split.of(rows, 0.05, 3);
    assertEquals(5, split.validation().size());
    Set<LabelledRow> all = new HashSet<>(split.train());
    all.addAll(split.validation());
    assertEquals(new HashSet<>(rows), all);
    assertEquals(split, Split.of(rows, 0.05, 3));
    assertThrows(IllegalArgumentException.class, () -> Split.of(rows, 1, 3));
  }

  private static LabelledRow row(String id, String label) {
    return new LabelledRow(id, label, "text");
  }
}
