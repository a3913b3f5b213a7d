package org.sparkadept.decoder.compute.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_mul;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_gelu_erf;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_gelu_tanh;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_linear;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_swish;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_tanh;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_binary;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_eltwise;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_sum;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.sparkadept.decoder.model.Activation;

/** What is done to a product's result while it is still in registers, in the order of the calls. */
final class Epilogue {
  private final dnnl_post_ops operations = new dnnl_post_ops();
  private final Map<Integer, dnnl_memory_desc> arguments = new LinkedHashMap<>();
  private int count;

  Epilogue(NativeScope scope) {
    OneDnn.check(dnnl_post_ops_create(operations), "creating post-ops");
    scope.own(operations, () -> dnnl_post_ops_destroy(operations));
  }

  /** The argument that the {@code index}-th operation reads. */
  static int argumentOf(int index) {
    return DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (index + 1) | DNNL_ARG_SRC_1;
  }

  /** The argument that the next operation will read. */
  int nextArgument() {
    return argumentOf(count);
  }

  Epilogue activation(Activation activation) {
    return switch (activation) {
      case SILU -> eltwise(dnnl_eltwise_swish, 1, 0);
      case GELU -> eltwise(dnnl_eltwise_gelu_erf, 0, 0);
      case GELU_TANH -> eltwise(dnnl_eltwise_gelu_tanh, 0, 0);
      case RELU -> eltwise(dnnl_eltwise_relu, 0, 0);
    };
  }

  Epilogue tanh() {
    return eltwise(dnnl_eltwise_tanh, 0, 0);
  }

  Epilogue scale(float factor) {
    return eltwise(dnnl_eltwise_linear, factor, 0);
  }

  /** Adds what the destination held before. */
  Epilogue accumulate() {
    OneDnn.check(dnnl_post_ops_append_sum(operations, 1, 0, dnnl_f32), "appending a sum");
    count++;
    return this;
  }

  Epilogue multiply(dnnl_memory_desc factor) {
    return binary(dnnl_binary_mul, factor);
  }

  Epilogue add(dnnl_memory_desc term) {
    return binary(dnnl_binary_add, term);
  }

  private Epilogue eltwise(int kind, float alpha, float beta) {
    OneDnn.check(
        dnnl_post_ops_append_eltwise(operations, kind, alpha, beta), "appending an activation");
    count++;
    return this;
  }

  private Epilogue binary(int kind, dnnl_memory_desc operand) {
    OneDnn.check(dnnl_post_ops_append_binary(operations, kind, operand), "appending an operation");
    arguments.put(argumentOf(count++), operand);
    return this;
  }

  dnnl_post_ops operations() {
    return operations;
  }

  /** The arguments that the operations read. */
  Map<Integer, dnnl_memory_desc> arguments() {
    return arguments;
  }
}
