package org.sparkadept.benchmarks.pytorch;

import java.util.Map;
import java.util.TreeMap;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;

/**
 * How models are measured.
 *
 * @param backend compute backend
 * @param conf more configuration of the decoder
 * @param gpu whether both sides are on a GPU, so that the aims are meant
 * @param threads that call the engine at once, and threads of PyTorch on the CPU
 * @param rounds how many
 * @param warmUp seconds that each contestant runs before
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
  static final String TORNADO = "tornadovm";

  /**
   * The decoder's options; the backend that has a choice of precisions is told which, and on a GPU
   * to take tensor cores in half precision, unless the configuration says otherwise.
   */
  DecoderOptions options(Precision precision) {
    Map<String, String> keys = new TreeMap<>(conf);
    keys.put(AdeptKey.COMPUTE_BACKEND.key(), backend);
    if (backend.equals(TORNADO)) {
      keys.put(AdeptKey.GPU_PRECISION.key(), precision.key());
      keys.put(AdeptKey.GPU_TENSOR_CORES.key(), Boolean.toString(tensorCores(precision)));
    }
    return AdeptConf.defaults().over(keys, "--conf").decoderOptions();
  }

  /**
   * Whether the backend multiplies on tensor cores. It is told, never left to choose, since their
   * roof is another: on a GPU in half precision they are taken unless the configuration says false.
   */
  boolean tensorCores(Precision precision) {
    if (!backend.equals(TORNADO) || precision == Precision.F32) {
      return false;
    }
    String key = AdeptKey.GPU_TENSOR_CORES.key();
    String wanted = conf.getOrDefault(key, Boolean.toString(gpu));
    boolean taken = wanted.equalsIgnoreCase("true");
    if (!taken && !wanted.equalsIgnoreCase("false")) {
      throw new AdeptException(
          key + " must be true or false here, so that the roof is known, but is '" + wanted + "'.");
    }
    return taken;
  }
}
