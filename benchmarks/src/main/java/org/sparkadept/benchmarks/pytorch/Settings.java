package org.sparkadept.benchmarks.pytorch;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;

/**
 * How models are measured.
 *
 * @param backend compute backend
 * @param conf more configuration of the decoder
 * @param gpu whether both sides are on a GPU, for which the aims are meant
 * @param threads that call the engine at once; threads of PyTorch on the CPU
 * @param rounds how many
 * @param warmUp seconds that each side warms up
 * @param turn seconds that a turn lasts at least
 * @param tf32 whether PyTorch's products in single precision may take TF32
 * @param batchTokens tokens of PyTorch's batches; 0 for what is fastest
 */
record Settings(
    String backend,
    Map<String, String> conf,
    boolean gpu,
    int threads,
    int rounds,
    double warmUp,
    double turn,
    boolean tf32,
    int batchTokens) {

  /**
   * @throws AdeptException if the name is not f32 or f16
   */
  static Precision precision(String name) {
    for (Precision precision : List.of(Precision.F32, Precision.F16)) {
      if (key(precision).equals(name)) {
        return precision;
      }
    }
    throw new AdeptException("A precision is f32 or f16, but not '" + name + "'.");
  }

  /** Name of a precision in options and configuration. */
  static String key(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** Largest difference of logits from PyTorch's in single precision, of a row's largest. */
  static double tolerance(Precision precision) {
    return precision == Precision.F32 ? 1e-3 : 2e-2;
  }

  /**
   * The decoder's configuration. The precision is set only for the backend that has several; on a
   * GPU in half precision, tensor cores are used unless the configuration says otherwise.
   */
  AdeptConf conf(Precision precision) {
    Map<String, String> keys = new TreeMap<>(conf);
    keys.put(AdeptKey.COMPUTE_BACKEND.key(), backend);
    if (backend.equals(ComputeBackends.TORNADOVM)) {
      keys.put(AdeptKey.GPU_PRECISION.key(), key(precision));
      keys.put(AdeptKey.GPU_TENSOR_CORES.key(), Boolean.toString(tensorCores(precision)));
    }
    return AdeptConf.defaults().over(keys, "--conf");
  }

  /**
   * Whether the backend multiplies on tensor cores. This is always set, because they have another
   * roof: on a GPU in half precision they are used unless the configuration says false.
   */
  boolean tensorCores(Precision precision) {
    if (!backend.equals(ComputeBackends.TORNADOVM) || precision == Precision.F32) {
      return false;
    }
    String key = AdeptKey.GPU_TENSOR_CORES.key();
    String wanted = conf.getOrDefault(key, Boolean.toString(gpu));
    boolean used = wanted.equalsIgnoreCase("true");
    if (!used && !wanted.equalsIgnoreCase("false")) {
      throw new AdeptException(
          key + " must be true or false here, so that the roof is known, but is '" + wanted + "'.");
    }
    return used;
  }
}
