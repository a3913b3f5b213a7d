package org.sparkadept.decoder.compute.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_layer_normalization_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_rms_norm;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_scale;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_shift;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.Pointer;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.decoder.model.NormTensors;

/** The norm of one tile {@code [rows, width]}: root mean square or layer norm, as the model has. */
final class NormKernel {
  private final boolean shifts;
  private final long bytes;
  private final Primitive primitive;

  /** Scale and shift; {@code shift} is null where the norm has none. */
  record Weights(Pointer scale, Pointer shift) {}

  /** One session's use of the kernel. */
  record Use(NormKernel kernel, Primitive.Call call, dnnl_stream stream) {
    /**
     * Normalizes a tile, or copies it where there is no norm.
     *
     * @param weights scale and shift; null for no norm
     * @param result may be {@code source}
     */
    void apply(Weights weights, Pointer source, Pointer result) {
      if (weights == null) {
        if (source.address() != result.address()) {
          Pointer.memcpy(result, source, kernel.bytes);
        }
        return;
      }
      call.bind(DNNL_ARG_SRC, source).bind(DNNL_ARG_DST, result);
      call.bind(DNNL_ARG_SCALE, weights.scale());
      if (kernel.shifts) {
        call.bind(DNNL_ARG_SHIFT, weights.shift());
      }
      call.execute(stream);
    }
  }

  NormKernel(NativeScope scope, int rows, ModelConfig config) {
    shifts = config.norms().kind() == NormKind.LAYER;
    bytes = (long) rows * config.width() * Float.BYTES;
    dnnl_memory_desc tile = OneDnn.matrix(scope, rows, config.width());
    dnnl_memory_desc vector = OneDnn.layout(scope, new long[] {config.width()}, new long[] {1});
    dnnl_primitive_desc desc = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_layer_normalization_forward_primitive_desc_create(
            desc,
            OneDnn.engine(),
            dnnl_forward_inference,
            tile,
            tile,
            null,
            config.norms().eps(),
            dnnl_use_scale | (shifts ? dnnl_use_shift : dnnl_rms_norm),
            Primitive.attributes(scope, null)),
        "describing a norm");
    primitive =
        new Primitive(scope, desc, "a norm")
            .argument(DNNL_ARG_SRC, tile)
            .argument(DNNL_ARG_DST, tile)
            .argument(DNNL_ARG_SCALE, vector);
    if (shifts) {
      primitive.argument(DNNL_ARG_SHIFT, vector);
    }
  }

  Use use(NativeScope scope, dnnl_stream stream) {
    return new Use(this, primitive.newCall(scope), stream);
  }

  /** Null where there are no tensors. */
  Weights pack(NativeScope scope, NormTensors tensors) {
    if (tensors == null) {
      return null;
    }
    if (!shifts) {
      return new Weights(scope.copyOf(tensors.weight()), null);
    }
    float[] shift = tensors.bias() == null ? new float[tensors.weight().length] : tensors.bias();
    return new Weights(scope.copyOf(tensors.weight()), scope.copyOf(shift));
  }
}
