package org.sparkadept.emulated;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Runs a kernel for tensor cores in Java, where there are none: a thread for each item of a group,
 * with barriers, local arrays, and the fragments of {@code mma.m16n8k16} laid out over the 32 lanes
 * of a warp as the PTX ISA has them (sections on {@code ldmatrix} and {@code mma.m16n8k16}).
 */
final class EmulatedGroup {
  private static final int WARP = 32;
  private static final int ROWS = 16;
  private static final int COLUMNS = 8;
  private static final int DEPTH = 16;
  private static final int MATRIX_ROW_BYTES = 16;

  private final int items;
  private final CyclicBarrier barrier;
  private final List<int[]> locals = new ArrayList<>();
  private final List<Warp> warps = new ArrayList<>();

  private EmulatedGroup(int items) {
    this.items = items;
    barrier = new CyclicBarrier(items);
    for (int i = 0; i < items / WARP; i++) {
      warps.add(new Warp());
    }
  }

  /**
   * Runs a kernel, one group after the other.
   *
   * @param across groups in the first direction
   * @param down groups in the second
   * @param items items of a group, in the first direction
   */
  static void run(int across, int down, int items, Consumer<KernelContext> kernel) {
    for (int y = 0; y < down; y++) {
      for (int x = 0; x < across; x++) {
        new EmulatedGroup(items).run(x, y, kernel);
      }
    }
  }

  private void run(int x, int y, Consumer<KernelContext> kernel) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < items; i++) {
        Item item = new Item(this, i, x, y);
        all.add(
            threads.submit(
                () -> {
                  try {
                    kernel.accept(item);
                  } catch (RuntimeException | Error e) {
                    threads.shutdownNow();
                    throw e;
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("group " + x + ", " + y, e);
    }
  }

  private synchronized int[] local(int number, int size) {
    if (number == locals.size()) {
      locals.add(new int[size]);
    }
    return locals.get(number);
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Warp {
    final CyclicBarrier barrier = new CyclicBarrier(WARP);
    final float[][] a = new float[ROWS][DEPTH];
    final float[][] b = new float[DEPTH][COLUMNS];
  }

  private static final class Item extends KernelContext {
    private final EmulatedGroup group;
    private final Warp warp;
    private final int lane;
    private int allocated;

    Item(EmulatedGroup group, int item, int groupX, int groupY) {
      this.group = group;
      warp = group.warps.get(item / WARP);
      lane = item % WARP;
      set("localIdx", item);
      set("groupIdx", groupX);
      set("groupIdy", groupY);
    }

    private void set(String name, int value) {
      try {
        Field field = KernelContext.class.getField(name);
        field.setAccessible(true);
        field.set(this, value);
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void localBarrier() {
      await(group.barrier);
    }

    @Override
    public int[] allocateIntLocalArray(int size) {
      return group.local(allocated++, size);
    }

    /** Four 8 by 8 matrices: the upper and lower rows of the left half, then of the right. */
    @Override
    public HalfFloat[] mmaLoadA(int[] tile, int depth, int byteOffset) {
      HalfFloat[] fragment = new HalfFloat[8];
      for (int matrix = 0; matrix < 4; matrix++) {
        for (int i = 0; i < 2; i++) {
          int row = matrix % 2 * 8 + lane / 4;
          int column = matrix / 2 * 8 + lane % 4 * 2 + i;
          fragment[2 * matrix + i] = half(tile, byteOffset, row * 32 + column * 2);
        }
      }
      return fragment;
    }

    /** Two 8 by 8 matrices, one below the other, transposed. */
    @Override
    public HalfFloat[] mmaLoadB(int[] tile, int depth, int byteOffset) {
      HalfFloat[] fragment = new HalfFloat[4];
      for (int matrix = 0; matrix < 2; matrix++) {
        for (int i = 0; i < 2; i++) {
          int row = matrix * 8 + lane % 4 * 2 + i;
          int column = lane / 4;
          fragment[2 * matrix + i] = half(tile, byteOffset, row * 16 + column * 2);
        }
      }
      return fragment;
    }

    private static HalfFloat half(int[] tile, int byteOffset, int at) {
      if (byteOffset % MATRIX_ROW_BYTES != 0) {
        throw new IllegalStateException("ldmatrix reads at multiples of 16, not " + byteOffset);
      }
      int pair = tile[(byteOffset + at) / Integer.BYTES];
      return new HalfFloat((short) (at % Integer.BYTES == 0 ? pair : pair >>> Short.SIZE));
    }

    @Override
    public float[] mma(HalfFloat[] a, HalfFloat[] b, float[] sums, MMAShape shape) {
      if (shape != MMAShape.M16N8K16) {
        throw new IllegalStateException("Shape " + shape);
      }
      int group = lane / 4;
      int first = lane % 4 * 2;
      for (int i = 0; i < a.length; i++) {
        int row = group + (i / 2 % 2 == 0 ? 0 : 8);
        warp.a[row][first + i % 2 + (i < 4 ? 0 : 8)] = a[i].getFloat32();
      }
      for (int i = 0; i < b.length; i++) {
        warp.b[first + i % 2 + (i < 2 ? 0 : 8)][group] = b[i].getFloat32();
      }
      await(warp.barrier);
      float[] result = new float[sums.length];
      for (int i = 0; i < sums.length; i++) {
        int row = group + (i < 2 ? 0 : 8);
        float sum = sums[i];
        for (int k = 0; k < DEPTH; k++) {
          sum += warp.a[row][k] * warp.b[k][first + i % 2];
        }
        result[i] = sum;
      }
      await(warp.barrier);
      return result;
    }

    @Override
    public void mmaStore(float[] sums, FloatArray to, int row, int column, int stride) {
      for (int i = 0; i < sums.length; i++) {
        int line = row + lane / 4 + (i < 2 ? 0 : 8);
        to.set(line * stride + column + lane % 4 * 2 + i % 2, sums[i]);
      }
    }
  }
}
