package org.sparkadept.gpu.graph;

import org.sparkadept.gpu.kernel.Projections;
import org.sparkadept.gpu.kernel.TensorProjections;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid2D;

/** The grid of a projection: one group of work items for each tile. */
final class TileGrid {
  private static final int TILE = Projections.TILE;

  private final int across;
  private final int down;
  private final WorkerGrid grid;

  private TileGrid(int across, int down) {
    this.across = across;
    this.down = down;
    grid = new WorkerGrid2D(across, down);
    grid.setLocalWork(across, down, 1);
  }

  /** The grid of {@link Projections}. */
  static TileGrid plain() {
    return new TileGrid(Projections.GROUP, Projections.GROUP);
  }

  /** The grid of {@link TensorProjections}. */
  static TileGrid tensor() {
    return new TileGrid(TensorProjections.GROUP, 1);
  }

  /** TornadoVM's grid. */
  WorkerGrid grid() {
    return grid;
  }

  /** Sets the grid to a number of tokens and outputs. */
  void fit(int tokens, int outputs) {
    grid.setGlobalWork((long) tiles(outputs) * across, (long) tiles(tokens) * down, 1);
  }

  /** Number of elements of the tiles of a projection. */
  static long elements(int tokens, int outputs) {
    return (long) tiles(tokens) * tiles(outputs) * TILE * TILE;
  }

  private static int tiles(int count) {
    return (count + TILE - 1) / TILE;
  }
}
