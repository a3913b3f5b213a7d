package org.sparkadept.decoder.compute.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_primitive_desc_create;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.Pointer;

/** The sum of two tiles {@code [rows, columns]}. */
final class AddKernel {
  private final Primitive primitive;

  /** One session's use of the kernel. */
  record Use(Primitive.Call call, dnnl_stream stream) {
    /** {@code target += term}. */
    void apply(Pointer target, Pointer term) {
      call.bind(DNNL_ARG_SRC_0, target).bind(DNNL_ARG_SRC_1, term).bind(DNNL_ARG_DST, target);
      call.execute(stream);
    }
  }

  AddKernel(NativeScope scope, int rows, int columns) {
    dnnl_memory_desc tile = OneDnn.matrix(scope, rows, columns);
    dnnl_primitive_desc desc = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_binary_primitive_desc_create(
            desc,
            OneDnn.engine(),
            dnnl_binary_add,
            tile,
            tile,
            tile,
            Primitive.attributes(scope, null)),
        "describing a sum");
    primitive =
        new Primitive(scope, desc, "a sum")
            .argument(DNNL_ARG_SRC_0, tile)
            .argument(DNNL_ARG_SRC_1, tile)
            .argument(DNNL_ARG_DST, tile);
  }

  Use use(NativeScope owner, dnnl_stream stream) {
    return new Use(primitive.newCall(owner), stream);
  }
}
