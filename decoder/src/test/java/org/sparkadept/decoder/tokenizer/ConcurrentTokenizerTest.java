package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyTokenizer;

class ConcurrentTokenizerTest {

  private static final int THREADS = 8;

  @TempDir Path directory;
  private ExecutorService pool;
  private TextTokenizer tokenizer;

  @BeforeEach
  void open() throws Exception {
    Path file = directory.resolve("tokenizer.json");
    TinyTokenizer.appendingClass().write(file);
    tokenizer = TextTokenizer.open(file);
    pool = Executors.newFixedThreadPool(THREADS);
  }

  @AfterEach
  void close() throws Exception {
    pool.shutdown();
    assertTrue(pool.awaitTermination(30, TimeUnit.SECONDS));
    tokenizer.close();
  }

  @Test
  void allThreadsGetTheSameIds() throws Exception {
    byte[][] rows = rows();
    TokenizedText[] expected = tokenizer.encode(rows, 50);
    List<Future<TokenizedText[]>> results = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      results.add(pool.submit(() -> tokenizer.encode(rows, 50)));
    }
    for (Future<TokenizedText[]> result : results) {
      TokenizedText[] found = result.get(60, TimeUnit.SECONDS);
      for (int row = 0; row < rows.length; row++) {
        assertArrayEquals(expected[row].ids(), found[row].ids());
        assertEquals(expected[row].truncated(), found[row].truncated());
      }
    }
  }

  /** A native handle freed too early would end the whole JVM. */
  @Test
  void closingWhileOthersEncodeEndsInAnException() throws Exception {
    byte[][] rows = rows();
    CountDownLatch running = new CountDownLatch(THREADS);
    List<Future<?>> results = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      results.add(
          pool.submit(
              () -> {
                running.countDown();
                while (true) {
                  tokenizer.encode(rows, 50);
                }
              }));
    }
    assertTrue(running.await(30, TimeUnit.SECONDS));
    tokenizer.close();
    for (Future<?> result : results) {
      ExecutionException end =
          assertThrows(ExecutionException.class, () -> result.get(60, TimeUnit.SECONDS));
      assertInstanceOf(IllegalStateException.class, end.getCause());
    }
  }

  private static byte[][] rows() {
    Random random = new Random(3);
    byte[][] rows = new byte[200][];
    for (int row = 0; row < rows.length; row++) {
      StringBuilder text = new StringBuilder("the ");
      for (int i = random.nextInt(300); i > 0; i--) {
        text.append((char) ('a' + random.nextInt(26))).append(random.nextInt(5) == 0 ? " " : "");
      }
      rows[row] = text.toString().getBytes(StandardCharsets.UTF_8);
    }
    return rows;
  }
}
