package org.sparkadept.benchmarks.pytorch;

import java.io.IOException;
import org.sparkadept.benchmarks.Contestant;

/**
 * A model that PyTorch has loaded.
 *
 * @param pyTorch the process
 * @param subject the model's name there
 */
record PyTorchContestant(PyTorch pyTorch, String subject) implements Contestant {
  @Override
  public double seconds(double least) throws IOException {
    return pyTorch.seconds(subject, least);
  }
}
