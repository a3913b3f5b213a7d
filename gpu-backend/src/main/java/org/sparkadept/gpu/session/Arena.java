package org.sparkadept.gpu.session;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.sparkadept.decoder.error.AdeptException;

/**
 * The token places of a model's arena, lent to waves in stretches. Whoever finds no room waits, in
 * order of arrival: that is what holds tasks back that bring more than the device can take.
 */
final class Arena {
  private final TreeMap<Integer, Integer> free = new TreeMap<>();
  private final Queue<Object> waiting = new ArrayDeque<>();
  private final int size;

  /**
   * @param size token places
   */
  Arena(int size) {
    this.size = size;
    free.put(0, size);
  }

  /**
   * Lends a stretch; waits until there is one.
   *
   * @param tokens its length
   * @return its first place
   * @throws AdeptException if it could never fit, or the thread is interrupted while it waits
   */
  synchronized int lend(int tokens) {
    if (tokens > size) {
      throw new AdeptException(
          "A wave of "
              + tokens
              + " tokens does not fit the "
              + size
              + " of the device; raise spark.adept.gpu.waveMemory.");
    }
    Object me = new Object();
    waiting.add(me);
    try {
      Integer place = waiting.peek() == me ? find(tokens) : null;
      while (place == null) {
        wait();
        place = waiting.peek() == me ? find(tokens) : null;
      }
      int length = free.remove(place);
      if (length > tokens) {
        free.put(place + tokens, length - tokens);
      }
      return place;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdeptException("Interrupted while waiting for room on the device", e);
    } finally {
      waiting.remove(me);
      notifyAll();
    }
  }

  private Integer find(int tokens) {
    for (Map.Entry<Integer, Integer> stretch : free.entrySet()) {
      if (stretch.getValue() >= tokens) {
        return stretch.getKey();
      }
    }
    return null;
  }

  /** Takes a stretch back. */
  synchronized void takeBack(int place, int tokens) {
    int start = place;
    int length = tokens;
    Map.Entry<Integer, Integer> before = free.lowerEntry(place);
    if (before != null && before.getKey() + before.getValue() == place) {
      start = before.getKey();
      length += before.getValue();
    }
    Integer after = free.remove(place + tokens);
    free.put(start, after == null ? length : length + after);
    notifyAll();
  }

  /** Places that are not lent. */
  synchronized int free() {
    return free.values().stream().mapToInt(Integer::intValue).sum();
  }
}
