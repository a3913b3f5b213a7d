package org.sparkadept.udfs.sharing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.classify.ClassifyFunction;

/**
 * What a task does with a function that was sent to it, with the classes of whichever loader: a
 * serialized {@link ClassifyFunction} and texts to results.
 */
public final class IsolatedTask implements BiFunction<byte[], List<String>, List<String>> {
  @Override
  public List<String> apply(byte[] serialized, List<String> texts) {
    ClassifyFunction function = ModelServer.deserialize(serialized, ClassifyFunction.class);
    List<String> results = new ArrayList<>();
    try (BufferAllocator allocator = new RootAllocator();
        VarCharVector input = new VarCharVector("text", allocator);
        StructVector result = (StructVector) function.resultField().createVector(allocator);
        ArrowBatchEvaluator evaluator = function.open((name, value) -> {})) {
      for (int row = 0; row < texts.size(); row++) {
        input.setSafe(row, texts.get(row).getBytes(StandardCharsets.UTF_8));
      }
      input.setValueCount(texts.size());
      evaluator.evaluate(List.of(input), texts.size(), result);
      for (int row = 0; row < texts.size(); row++) {
        results.add(String.valueOf(result.getObject(row)));
      }
    }
    return results;
  }
}
