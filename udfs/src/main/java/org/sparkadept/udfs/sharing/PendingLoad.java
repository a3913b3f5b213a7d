package org.sparkadept.udfs.sharing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.sparkadept.decoder.error.AdeptException;

/**
 * A load that goes on in a thread of its own, so that killing the task that started it does not
 * stop it for others, and one that hangs holds up no other. Those who wait give up together.
 *
 * @param <T> what is loaded
 */
final class PendingLoad<T> {
  private final CompletableFuture<T> loaded = new CompletableFuture<>();
  private final Consumer<T> close;
  private final Runnable forget;

  /**
   * A load that has not started.
   *
   * @param close closes what was loaded after all had given up
   * @param forget called before a failure is reported
   */
  PendingLoad(Consumer<T> close, Runnable forget) {
    this.close = close;
    this.forget = forget;
  }

  /**
   * Starts the load, in a thread without a reference to the borrower. Until Java 24 a thread keeps
   * the protection domains of all code that it was started from, and with them the class loader of
   * a borrowing session (for good, where a native library's cleaner starts one). A fork-join pool
   * starts its own without.
   */
  void start(Supplier<T> load) {
    ForkJoinPool pool = new ForkJoinPool(1);
    pool.execute(() -> run(load));
    pool.shutdown();
  }

  private void run(Supplier<T> load) {
    try {
      T result = load.get();
      if (!succeed(result)) {
        close.accept(result);
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  /** Whether the result came before all had given up. */
  private synchronized boolean succeed(T result) {
    return loaded.complete(result);
  }

  /** Whether the failure came before a result. */
  private synchronized boolean fail(Throwable cause) {
    if (loaded.isDone()) {
      return false;
    }
    forget.run();
    return loaded.completeExceptionally(cause);
  }

  /** Whether the load has ended, well or not. */
  boolean isDone() {
    return loaded.isDone();
  }

  /** What was loaded, if it was. */
  Optional<T> result() {
    return loaded.isDone() && !loaded.isCompletedExceptionally()
        ? Optional.of(loaded.join())
        : Optional.empty();
  }

  /**
   * Waits for the load.
   *
   * @param what is loaded, for messages
   * @param deadline how long; then the load counts as failed for all, though its thread may go on
   * @throws AdeptException if the load fails, is not done in time, or this thread is interrupted
   */
  T await(Object what, Duration deadline) {
    try {
      return loaded.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdeptException("Interrupted while waiting for the load of " + what, e);
    } catch (TimeoutException e) {
      AdeptException late =
          new AdeptException(
              String.format(
                  "Model %s is not loaded after %d seconds, and was given up. Check that the disk or"
                      + " network that it lies on answers, and start again.",
                  what, deadline.toSeconds()),
              e);
      if (fail(late)) {
        throw late;
      }
      return await(what, deadline);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String message =
          cause instanceof AdeptException
              ? cause.getMessage()
              : "Model " + what + " could not be loaded: " + cause;
      throw new AdeptException(message, cause);
    }
  }
}
