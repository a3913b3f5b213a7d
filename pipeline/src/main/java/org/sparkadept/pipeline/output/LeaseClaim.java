package org.sparkadept.pipeline.output;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
 * @param processStart when that began, in milliseconds since 1970; 0 if unknown
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
  private static final ObjectMapper JSON = new ObjectMapper();

  /** This process's claim, not an owner yet. */
  static LeaseClaim ofThisProcess(String run) {
    ProcessHandle self = ProcessHandle.current();
    return new LeaseClaim(
        run,
        false,
        Instant.now().toString(),
        System.getProperty("user.name"),
        hostName(),
        machineName(),
        self.pid(),
        start(self));
  }

  static LeaseClaim read(byte[] json) throws IOException {
    return JSON.readValue(json, LeaseClaim.class);
  }

  byte[] bytes() throws IOException {
    return JSON.writeValueAsBytes(this);
  }

  /** The same as the lease's owner. */
  LeaseClaim asOwner() {
    return new LeaseClaim(run, true, since, user, host, machine, process, processStart);
  }

  /** Whether its process has certainly ended; that of another machine is not known. */
  boolean hasEnded() {
    if (machine.isEmpty() || !machine.equals(machineName())) {
      return false;
    }
    Optional<ProcessHandle> found = ProcessHandle.of(process).filter(ProcessHandle::isAlive);
    return found.isEmpty() || start(found.get()) != processStart;
  }

  /** The run, for messages. */
  String describe() {
    return "process " + process + " of " + user + " on " + host + ", since " + since;
  }

  private static long start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
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
