package org.sparkadept.decoder.format.gguf;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.tensor.TensorFile;

/**
 * An array among a file's key-values. The header was read past it; its elements stay in the file
 * until they are asked for.
 *
 * @param file where it is
 * @param position of its first element
 * @param type of its elements
 * @param count number of elements, all of which lie in the file
 */
record GgufArray(TensorFile file, long position, ValueType type, int count) {

  /** Whether its elements are strings. */
  boolean isText() {
    return type == ValueType.STRING;
  }

  /** Whether its elements are whole numbers that an int holds. */
  boolean isInteger() {
    return type.isInteger() && type.bytes() <= Integer.BYTES;
  }

  /** All strings. */
  List<String> texts() {
    GgufInput input = new GgufInput(file, position);
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      texts.add(input.string("string " + i + " of an array"));
    }
    return texts;
  }

  /** All whole numbers; a u32 beyond an int comes out negative. */
  int[] integers() {
    GgufInput input = new GgufInput(file, position);
    int[] integers = new int[count];
    for (int i = 0; i < count; i++) {
      integers[i] = ((Long) type.read(input, "an array")).intValue();
    }
    return integers;
  }

  /** All numbers of an array in F32. */
  float[] numbers() {
    GgufInput input = new GgufInput(file, position);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = input.f32("an array");
    }
    return numbers;
  }
}
