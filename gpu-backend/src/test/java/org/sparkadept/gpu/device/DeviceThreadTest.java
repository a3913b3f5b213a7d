package org.sparkadept.gpu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.gpu.TestDevice;

@Timeout(30)
class DeviceThreadTest {
  private Device device;
  private DeviceThread thread;

  /** Work of one name is merged. */
  private record Named(String name, List<List<String>> done, CountDownLatch held)
      implements DeviceThread.Work {
    @Override
    public boolean mergesWith(DeviceThread.Work other) {
      return ((Named) other).name.equals(name);
    }

    @Override
    public void run(List<DeviceThread.Work> merged) {
      done.add(merged.stream().map(each -> ((Named) each).name).toList());
      if (held != null) {
        try {
          held.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      if (name.equals("bad")) {
        throw new IllegalArgumentException("broken on purpose");
      }
    }
  }

  @BeforeEach
  void acquireThread() {
    device = TestDevice.orSkip();
    thread = DeviceThread.acquire(device);
  }

  @AfterEach
  void releaseThread() {
    if (thread != null) {
      thread.release();
    }
  }

  @Test
  void workIsDoneInOrderAndMergedWithTheHead() throws InterruptedException {
    List<List<String>> done = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch held = new CountDownLatch(1);
    List<Thread> callers = new ArrayList<>();
    long steps = metric("gpuSteps");
    long launches = metric("gpuLaunches");
    callers.add(execute(new Named("first", done, held)));
    for (String name : new String[] {"a", "b", "a", "c", "a"}) {
      callers.add(execute(new Named(name, done, null)));
    }
    held.countDown();
    for (Thread caller : callers) {
      caller.join();
    }
    assertEquals(
        List.of(List.of("first"), List.of("a", "a", "a"), List.of("b"), List.of("c")), done);
    assertEquals(6, metric("gpuSteps") - steps);
    assertEquals(4, metric("gpuLaunches") - launches);
  }

  private static long metric(String name) {
    return DeviceThread.metrics().get(name).getAsLong();
  }

  /** Returns once the caller waits. */
  private Thread execute(DeviceThread.Work work) throws InterruptedException {
    Thread caller = new Thread(() -> thread.execute(work));
    caller.start();
    Await.until("the caller to wait", () -> caller.getState() == Thread.State.WAITING);
    return caller;
  }

  @Test
  void aFailureReachesItsCallerAndTheNextWorkIsDone() {
    List<List<String>> done = new ArrayList<>();
    AdeptException error =
        assertThrows(AdeptException.class, () -> thread.execute(new Named("bad", done, null)));
    assertTrue(error.getMessage().contains("broken on purpose"), error.getMessage());
    assertTrue(error.getMessage().contains(device.name()), error.getMessage());
    thread.execute(new Named("good", done, null));
    assertEquals(List.of(List.of("bad"), List.of("good")), done);
  }

  @Test
  void anInterruptedCallerWaitsForItsWorkAndStaysInterrupted() {
    List<List<String>> done = new ArrayList<>();
    Thread.currentThread().interrupt();
    thread.execute(new Named("work", done, null));
    assertTrue(Thread.interrupted());
    assertEquals(1, done.size());
  }

  @Test
  void aDeviceHasOneThreadUntilItsLastUserReleasesIt() {
    DeviceThread again = DeviceThread.acquire(device);
    assertSame(thread, again);
    assertEquals(1, threads());
    again.release();
    thread.release();
    DeviceThread fresh = DeviceThread.acquire(device);
    assertNotSame(thread, fresh);
    thread = fresh;
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(each -> each.getName().startsWith("adept-gpu-"))
        .count();
  }

  @Test
  void memoryThatIsNotFreeIsRefused() {
    long free = device.memory() - thread.reservedMemory();
    thread.reserveMemory(free, "test");
    AdeptException error =
        assertThrows(AdeptException.class, () -> thread.reserveMemory(5L << 20, "weights"));
    assertTrue(error.getMessage().contains("needs 5 MiB of the GPU (weights)"), error.toString());
    assertTrue(error.getMessage().contains("0 MiB are free"), error.getMessage());
    thread.releaseMemory(free);
  }

  @Test
  void devicesAreFoundByNumberAndByName() {
    assertEquals(device, Device.find("0"));
    assertEquals(device, Device.find(device.name().substring(1, 5).toUpperCase()));
    AdeptException error = assertThrows(AdeptException.class, () -> Device.find("no such"));
    assertTrue(error.getMessage().contains("spark.adept.gpu.device"), error.getMessage());
    assertTrue(error.getMessage().contains(device.toString()), error.getMessage());
    assertThrows(AdeptException.class, () -> Device.find("99"));
  }
}
