package org.sparkadept.pipeline.output;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Who asks for a {@link FolderLease}, or has it.
 *
 * @param run the run's name
 * @param owner whether it has the lease; else it waits for one that may be dead
 * @param since when the run began to ask, as ISO 8601 in UTC
 * @param user the operating system's
 * @param host name of the machine
 * @param machine a name that only processes which see each other's ids share; empty if unknown
 * @param process id of the process
 * @param processStart when that began, in clock ticks since the machine's start; 0 if unknown
 */
record LeaseClaim(
    String run,
    boolean owner,
    String since,
    String user,
    String host,
    String machine,
    long process,
    long processStart) {
  /** Place of starttime among the fields after the name (proc(5)). */
  private static final int START_TIME = 19;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** This process's claim, not an owner yet. */
  static LeaseClaim ofThisProcess(String run) {
    ProcessHandle self = ProcessHandle.current();
    return new LeaseClaim(
        run,
        false,
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        System.getProperty("user.name"),
        hostName(),
        machineName(),
        self.pid(),
        start(self.pid()).orElse(0L));
  }

  static LeaseClaim read(byte[] json) throws IOException {
    return JSON.readValue(json, LeaseClaim.class);
  }

  byte[] bytes() throws IOException {
    return JSON.writeValueAsBytes(this);
  }

  /** The same of a run that has the lease, or waits for it. */
  LeaseClaim withOwner(boolean value) {
    return new LeaseClaim(run, value, since, user, host, machine, process, processStart);
  }

  /**
   * Whether its process has certainly ended; that of another machine is not known, nor of another
   * user, whose processes may be hidden.
   */
  boolean hasEnded() {
    return !machine.isEmpty()
        && machine.equals(machineName())
        && user.equals(System.getProperty("user.name"))
        && processStart != 0
        && start(process).orElse(0L) != processStart;
  }

  /** The run, for messages. */
  String describe() {
    return "process " + process + " of " + user + " on " + host + ", since " + since;
  }

  /**
   * When a process of this machine began, by Linux's count of clock ticks, which does not change
   * when the clock is set; nothing if there is no such process.
   */
  private static Optional<Long> start(long process) {
    try {
      String status = Files.readString(Path.of("/proc/" + process + "/stat"));
      String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ");
      return Optional.of(Long.parseLong(fields[START_TIME]));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "an unnamed machine";
    }
  }

  /** The boot and, within it, the container: Linux names both. */
  private static String machineName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }
}
