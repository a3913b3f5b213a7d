package org.sparkadept.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class CompactionTest {
  private static final int EXIT = 2;
  private static final int ARENA = 90;

  @BeforeAll
  static void needsADevice() {
    TestDevice.orSkip();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Compaction.ALL,
        Compaction.CLASS_TOKEN,
        Compaction.ACTIVE_OTHERS,
        Compaction.ACTIVE,
        Compaction.EXITED
      })
  void selectedTokensArePacked(int selection) {
    Random random = TestSeed.random();
    int rows = 1 + random.nextInt(130);
    IntArray parameters = KernelRun.parameters(0);
    IntArray exitLayers = new IntArray(rows * 12);
    List<int[]> expected = new ArrayList<>();
    parameters.set(LaunchParameters.ROWS, rows);
    parameters.set(LaunchParameters.SELECTION, selection);
    parameters.set(LaunchParameters.EXIT_LAYER, EXIT);
    int start = 0;
    for (int row = 0; row < rows; row++) {
      start += random.nextInt(3);
      int length = 1 + random.nextInt(9);
      parameters.set(LaunchParameters.ROW_TABLE + row, start);
      boolean classToken = selection == Compaction.CLASS_TOKEN;
      int first = classToken ? length - 1 : random.nextInt(3) == 0 ? random.nextInt(length) : 0;
      int end = selection == Compaction.ACTIVE_OTHERS ? length - 1 : length;
      end -= classToken || random.nextInt(3) > 0 ? 0 : random.nextInt(length);
      parameters.set(LaunchParameters.ROW_TABLE + LaunchParameters.MAX_ROWS + row, first);
      parameters.set(LaunchParameters.ROW_TABLE + 2 * LaunchParameters.MAX_ROWS + row, end);
      parameters.set(
          LaunchParameters.ROW_TABLE + 3 * LaunchParameters.MAX_ROWS + row, expected.size());
      for (int position = 0; position < length; position++) {
        boolean last = position == length - 1;
        int exited = last ? 0 : random.nextInt(4);
        exitLayers.set(start + position, exited);
        boolean selected =
            switch (selection) {
              case Compaction.ALL -> true;
              case Compaction.CLASS_TOKEN -> last;
              case Compaction.ACTIVE_OTHERS -> !last && exited == 0;
              case Compaction.ACTIVE -> exited == 0;
              default -> exited == EXIT;
            };
        if (selected && position >= first && position < end) {
          expected.add(new int[] {start + position, position});
        }
      }
      start += length;
    }
    IntArray slots = new IntArray(expected.size() + 1);
    IntArray positions = new IntArray(expected.size() + 1);
    KernelRun.run(
        KernelRun.items(rows),
        TaskPackage.createPackage(
            "kernel",
            Compaction::packTokens,
            new KernelContext(),
            parameters,
            exitLayers,
            slots,
            positions));
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i)[0], slots.get(i), "token " + i);
      assertEquals(expected.get(i)[1], positions.get(i), "position " + i);
    }
    assertEquals(0, slots.get(expected.size()), "behind the list");
  }

  @ParameterizedTest(name = "{0} tokens of {1}")
  @CsvSource({"1, 1", "70, 24", "0, 5"})
  void statesAreGathered(int tokens, int width) {
    Random random = new Random(tokens);
    IntArray parameters = KernelRun.parameters(tokens, width);
    IntArray slots = KernelRun.slots(random, tokens, ARENA);
    FloatArray hidden = KernelRun.random(random, ARENA * width);
    FloatArray gathered = new FloatArray((tokens + 1) * width);
    KernelRun.run(
        KernelRun.items(tokens * width),
        TaskPackage.createPackage(
            "kernel",
            Compaction::gatherTokens,
            new KernelContext(),
            parameters,
            LaunchParameters.section(0),
            slots,
            hidden,
            gathered));
    for (int i = 0; i < tokens * width; i++) {
      float expected = hidden.get(slots.get(i / width) * width + i % width);
      assertEquals(expected, gathered.get(i), "at " + i);
    }
    assertEquals(0, gathered.get(tokens * width), "behind the last");
  }
}
