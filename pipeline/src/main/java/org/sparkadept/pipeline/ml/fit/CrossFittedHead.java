package org.sparkadept.pipeline.ml.fit;

import java.io.Serializable;
import java.util.Arrays;
import org.sparkadept.decoder.exit.ExitHead;

/**
 * A head for the rows of each fold: one that was fitted without them, where heads are fitted.
 *
 * @param input what it reads
 * @param byFold weights and bias by fold
 */
record CrossFittedHead(ExitHead.Input input, Linear[] byFold) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A head that no row of the fit was used for: the same for all folds. */
  static CrossFittedHead of(ModelDraft.Head head) {
    Linear[] byFold = new Linear[HeadFit.FOLDS];
    Arrays.fill(byFold, head.linear());
    return new CrossFittedHead(head.input(), byFold);
  }
}
