package org.sparkadept.pipeline.failure;

/** A session that ended while a run used it, with the reason that Spark does not give. */
final class SessionEndedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param lost whose loss ended it
   */
  SessionEndedException(LostExecutor lost) {
    super(lost.message());
  }
}
