package org.sparkadept.decoder.format;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Names that somebody may have meant: the few with the smallest edit distance. */
public final class SimilarNames {
  private static final int SHOWN = 3;
  private static final int MAX_LENGTH = 200;
  private static final int MAX_COMPARED = 20_000;

  private SimilarNames() {}

  /** Up to three of {@code names}, the most similar first; none that differs in more than half. */
  public static List<String> of(String wanted, Collection<String> names) {
    record Candidate(String name, int distance) {}
    LevenshteinDistance levenshtein = new LevenshteinDistance(wanted.length() / 2);
    List<Candidate> candidates = new ArrayList<>();
    for (String name : names) {
      if (candidates.size() < MAX_COMPARED
          && Math.max(name.length(), wanted.length()) <= MAX_LENGTH) {
        candidates.add(new Candidate(name, levenshtein.apply(wanted, name)));
      }
    }
    return candidates.stream()
        .filter(candidate -> candidate.distance() >= 0) // beyond the bound it is -1
        .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .limit(SHOWN)
        .map(Candidate::name)
        .toList();
  }
}
