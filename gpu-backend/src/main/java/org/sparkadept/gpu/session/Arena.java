package org.sparkadept.gpu.session;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.sparkadept.decoder.error.AdeptException;

/**
 * Allocates the slots of a model's arena to waves, in contiguous ranges. A wave that finds no room
 * waits, in order of arrival, which is the back-pressure on tasks.
 */
final class Arena {
  private final TreeMap<Integer, Integer> free = new TreeMap<>();
  private final Queue<Object> waiting = new ArrayDeque<>();
  private final int size;

  /**
   * Creates an empty arena.
   *
   * @param size number of slots
   */
  Arena(int size) {
    this.size = size;
    free.put(0, size);
  }

  /**
   * Allocates a range; waits until one is free.
   *
   * @param tokens its length
   * @return its first slot
   * @throws AdeptException if the arena is too small, or the thread is interrupted while it waits
   */
  synchronized int allocate(int tokens) {
    if (tokens > size) {
      throw new AdeptException(
          "A wave of "
              + tokens
              + " tokens does not fit the "
              + size
              + " of the device; raise spark.adept.gpu.waveMemory.");
    }
    Object ticket = new Object();
    waiting.add(ticket);
    try {
      Integer first = waiting.peek() == ticket ? find(tokens) : null;
      while (first == null) {
        wait();
        first = waiting.peek() == ticket ? find(tokens) : null;
      }
      int length = free.remove(first);
      if (length > tokens) {
        free.put(first + tokens, length - tokens);
      }
      return first;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdeptException("Interrupted while waiting for room on the device", e);
    } finally {
      waiting.remove(ticket);
      notifyAll();
    }
  }

  private Integer find(int tokens) {
    for (Map.Entry<Integer, Integer> range : free.entrySet()) {
      if (range.getValue() >= tokens) {
        return range.getKey();
      }
    }
    return null;
  }

  /** Releases a range. */
  synchronized void release(int first, int tokens) {
    int start = first;
    int length = tokens;
    Map.Entry<Integer, Integer> before = free.lowerEntry(first);
    if (before != null && before.getKey() + before.getValue() == first) {
      start = before.getKey();
      length += before.getValue();
    }
    Integer after = free.remove(first + tokens);
    free.put(start, after == null ? length : length + after);
    notifyAll();
  }

  /** Number of free slots. */
  synchronized int free() {
    return free.values().stream().mapToInt(Integer::intValue).sum();
  }
}
