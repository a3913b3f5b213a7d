package org.sparkadept.decoder.format;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Names that somebody may have meant: the few with the smallest edit distance. */
public final class NearNames {
  private static final int SHOWN = 3;
  private static final int MAX_LENGTH = 200;
  private static final int MAX_COMPARED = 20_000;

  private NearNames() {}

  /** Up to three of {@code names}, nearest first; none that differs in more than half. */
  public static List<String> of(String wanted, Collection<String> names) {
    record Candidate(String name, int distance) {}

    List<Candidate> candidates = new ArrayList<>();
    int compared = 0;
    for (String name : names) {
      if (name.length() > MAX_LENGTH || wanted.length() > MAX_LENGTH) {
        continue;
      }
      if (compared++ == MAX_COMPARED) {
        break;
      }
      int distance = distance(wanted, name);
      if (distance <= wanted.length() / 2) {
        candidates.add(new Candidate(name, distance));
      }
    }
    candidates.sort(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name));
    List<String> nearest = new ArrayList<>();
    for (int i = 0; i < Math.min(SHOWN, candidates.size()); i++) {
      nearest.add(candidates.get(i).name());
    }
    return nearest;
  }

  /** Levenshtein distance, one row of the table at a time. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
