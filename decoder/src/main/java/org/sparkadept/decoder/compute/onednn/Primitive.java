package org.sparkadept.decoder.compute.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_scratchpad_mode;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_scratchpad_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_weights_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_scratchpad_mode_user;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.Pointer;

/**
 * A compiled primitive with the layouts of its arguments. It holds no data: many threads execute it
 * at once, each through a {@link Call} of its own.
 */
final class Primitive {
  private final dnnl_primitive_desc desc;
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final Map<Integer, dnnl_memory_desc> arguments = new LinkedHashMap<>();

  /**
   * @param scope owns the primitive
   * @param desc its description, made with {@link #attributes}; owned from here on
   * @param what what it does, for messages
   */
  Primitive(NativeScope scope, dnnl_primitive_desc desc, String what) {
    this.desc = scope.own(desc, () -> dnnl_primitive_desc_destroy(desc));
    OneDnn.check(dnnl_primitive_create(primitive, desc), "compiling " + what);
    scope.own(primitive, () -> dnnl_primitive_destroy(primitive));
    dnnl_memory_desc scratchpad = dnnl_primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0);
    if (scratchpad != null && dnnl_memory_desc_get_size(scratchpad) > 0) {
      arguments.put(DNNL_ARG_SCRATCHPAD, scratchpad);
    }
  }

  /** Attributes with a scratchpad of the caller's, and operations on the result, if any. */
  static dnnl_primitive_attr attributes(NativeScope scope, dnnl_post_ops postOps) {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    OneDnn.check(dnnl_primitive_attr_create(attributes), "creating attributes");
    scope.own(attributes, () -> dnnl_primitive_attr_destroy(attributes));
    OneDnn.check(
        dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
        "choosing the scratchpad");
    if (postOps != null) {
      OneDnn.check(dnnl_primitive_attr_set_post_ops(attributes, postOps), "setting post-ops");
    }
    return attributes;
  }

  /** Declares an argument that every call binds. */
  Primitive argument(int id, dnnl_memory_desc layout) {
    arguments.put(id, layout);
    return this;
  }

  /** The layout that the primitive chose for its weights. */
  dnnl_memory_desc weightsLayout() {
    return dnnl_primitive_desc_query_md(desc, dnnl_query_weights_md, 0);
  }

  /** A caller's own set of arguments; its scratchpad is allocated here. */
  Call newCall(NativeScope scope) {
    return new Call(scope);
  }

  /** One thread's way to execute the primitive. */
  final class Call {
    private final int[] ids = new int[arguments.size()];
    private final dnnl_memory[] memories = new dnnl_memory[ids.length];
    private final long[] addresses = new long[ids.length];
    private final dnnl_exec_arg_t bound = new dnnl_exec_arg_t(arguments.size());

    private Call(NativeScope scope) {
      scope.own(bound, bound::deallocate);
      int count = 0;
      for (Map.Entry<Integer, dnnl_memory_desc> argument : arguments.entrySet()) {
        dnnl_memory memory = new dnnl_memory();
        OneDnn.check(
            dnnl_memory_create(memory, argument.getValue(), OneDnn.engine(), null),
            "creating memory");
        scope.own(memory, () -> dnnl_memory_destroy(memory));
        bound.position(count).arg(argument.getKey()).memory(memory);
        ids[count] = argument.getKey();
        memories[count++] = memory;
      }
      bound.position(0);
      dnnl_memory_desc scratchpad = arguments.get(DNNL_ARG_SCRATCHPAD);
      if (scratchpad != null) {
        long bytes = dnnl_memory_desc_get_size(scratchpad);
        bind(DNNL_ARG_SCRATCHPAD, scope.floats((bytes + Float.BYTES - 1) / Float.BYTES));
      }
    }

    /** Says where an argument's data lie; nothing is done where they lay there before. */
    Call bind(int id, Pointer data) {
      int at = 0;
      while (ids[at] != id) {
        at++;
      }
      if (addresses[at] != data.address()) {
        OneDnn.check(dnnl_memory_set_data_handle(memories[at], data), "binding memory");
        addresses[at] = data.address();
      }
      return this;
    }

    void execute(dnnl_stream stream) {
      OneDnn.check(dnnl_primitive_execute(primitive, stream, ids.length, bound), "executing");
    }
  }
}
