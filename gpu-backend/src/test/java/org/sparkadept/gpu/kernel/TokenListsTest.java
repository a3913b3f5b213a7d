package org.sparkadept.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Compaction, and the copies that go by its lists. */
class TokenListsTest {
  private static final int EXIT = 2;

  @BeforeAll
  static void needsADevice() {
    TestDevice.orSkip();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        TokenLists.ALL,
        TokenLists.CLASS,
        TokenLists.OTHERS,
        TokenLists.GOING,
        TokenLists.LEFT
      })
  void tokensThatTakePartArePacked(int which) {
    Random random = TestSeed.random();
    int rows = 1 + random.nextInt(130);
    IntArray call = KernelRun.call(0);
    IntArray leftAfter = new IntArray(rows * 12);
    List<int[]> expected = new ArrayList<>();
    call.set(Call.ROWS, rows);
    call.set(Call.WHICH, which);
    call.set(Call.EXIT, EXIT);
    int start = 0;
    for (int row = 0; row < rows; row++) {
      start += random.nextInt(3);
      int length = 1 + random.nextInt(9);
      call.set(Call.ROWS_AT + row, start);
      call.set(Call.ROWS_AT + Call.MOST_ROWS + row, length);
      call.set(Call.ROWS_AT + 2 * Call.MOST_ROWS + row, expected.size());
      for (int position = 0; position < length; position++) {
        boolean last = position == length - 1;
        int left = last ? 0 : random.nextInt(4);
        leftAfter.set(start + position, left);
        boolean taken =
            switch (which) {
              case TokenLists.ALL -> true;
              case TokenLists.CLASS -> last;
              case TokenLists.OTHERS -> !last && left == 0;
              case TokenLists.GOING -> left == 0;
              default -> left == EXIT;
            };
        if (taken) {
          expected.add(new int[] {start + position, position});
        }
      }
      start += length;
    }
    IntArray tokens = new IntArray(expected.size() + 1);
    IntArray positions = new IntArray(expected.size() + 1);
    KernelRun.run(
        KernelRun.items(rows),
        (graph, context) ->
            graph.task(
                "kernel", TokenLists::packTokens, context, call, leftAfter, tokens, positions),
        call,
        leftAfter,
        tokens,
        positions);
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i)[0], tokens.get(i), "token " + i);
      assertEquals(expected.get(i)[1], positions.get(i), "position " + i);
    }
    assertEquals(0, tokens.get(expected.size()), "behind the list");
  }
}
