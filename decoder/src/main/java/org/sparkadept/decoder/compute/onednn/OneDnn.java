package org.sparkadept.decoder.compute.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_strides;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_out_of_memory;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_destroy;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.io.File;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.sparkadept.decoder.error.AdeptException;

/** The native library: found once, one engine for the JVM, one OpenMP thread for each caller. */
final class OneDnn {
  private static final dnnl_engine ENGINE;
  private static final Function SET_THREADS;
  private static final String FAILURE;

  static {
    NativeMemory.unbind();
    ENGINE = new dnnl_engine();
    Function setThreads = null;
    String failure = null;
    try {
      File library = new File(Loader.load(org.bytedeco.dnnl.global.dnnl.class));
      setThreads = openMp(library.getParentFile()).getFunction("omp_set_num_threads");
      check(dnnl_engine_create(ENGINE, dnnl_cpu, 0), "creating the CPU engine");
    } catch (LinkageError | RuntimeException e) {
      failure =
          "oneDNN's native library could not be loaded ("
              + e
              + "). It is unpacked once into the first of these folders that can be written: that of"
              + " -Dorg.bytedeco.javacpp.cachedir, ~/.javacpp/cache, or one in the temporary folder;"
              + " it needs 100 MB there. And the jar must hold the natives of this platform ("
              + Loader.getPlatform()
              + ").";
    }
    SET_THREADS = setThreads;
    FAILURE = failure;
  }

  private OneDnn() {}

  /** The OpenMP runtime that oneDNN brings: libgomp on Linux, libiomp5 or libomp elsewhere. */
  private static NativeLibrary openMp(File folder) {
    File[] files =
        folder.listFiles((dir, name) -> name.matches("(lib)?(g|i)?omp(5|5md|140)?\\..*"));
    if (files == null || files.length == 0) {
      throw new AdeptException("no OpenMP runtime beside oneDNN in " + folder);
    }
    java.util.Arrays.sort(files, java.util.Comparator.comparing(f -> -f.getName().length()));
    return NativeLibrary.getInstance(files[0].getPath());
  }

  static Optional<String> unavailable() {
    return Optional.ofNullable(FAILURE);
  }

  /**
   * Lets the calling thread run oneDNN on itself alone; Spark runs a task on each core already. To
   * be called on every thread before it compiles or executes primitives.
   */
  static void useOneThread() {
    SET_THREADS.invoke(new Object[] {1});
  }

  static dnnl_engine engine() {
    return ENGINE;
  }

  static dnnl_stream stream(NativeScope scope) {
    dnnl_stream stream = new dnnl_stream();
    check(dnnl_stream_create(stream, ENGINE, dnnl_stream_default_flags), "creating a stream");
    return scope.own(stream, () -> dnnl_stream_destroy(stream));
  }

  /** A dense or strided layout. */
  static dnnl_memory_desc layout(NativeScope scope, long[] dims, long[] strides) {
    dnnl_memory_desc desc = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_strides(desc, dims.length, dims, dnnl_f32, strides),
        "describing memory");
    return scope.own(desc, () -> dnnl_memory_desc_destroy(desc));
  }

  /** A row-major matrix. */
  static dnnl_memory_desc matrix(NativeScope scope, long rows, long cols) {
    return layout(scope, new long[] {rows, cols}, new long[] {cols, 1});
  }

  /** A layout that the primitive may choose. */
  static dnnl_memory_desc anyLayout(NativeScope scope, long... dims) {
    dnnl_memory_desc desc = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_tag(desc, dims.length, dims, dnnl_f32, dnnl_format_tag_any),
        "describing memory");
    return scope.own(desc, () -> dnnl_memory_desc_destroy(desc));
  }

  /**
   * @param status what a oneDNN function returned
   * @param what what was being done
   * @throws AdeptException if it did not succeed
   */
  static void check(int status, String what) {
    if (status != 0) {
      String remedy =
          status == dnnl_out_of_memory
              ? " Memory outside the Java heap is short: give the executor more"
                  + " (spark.executor.memoryOverhead), or use fewer cores."
              : "";
      throw new AdeptException(
          "oneDNN failed with status " + status + " while " + what + "." + remedy);
    }
  }

  /** The first {@code size} floats of some memory, for Java to work on. */
  static FloatBuffer view(FloatPointer memory, long size) {
    FloatPointer first = memory.getPointer(0);
    return first.limit(first.position() + size).asBuffer();
  }
}
