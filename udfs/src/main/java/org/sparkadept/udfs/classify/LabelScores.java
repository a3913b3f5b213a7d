package org.sparkadept.udfs.classify;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * Labels with their probabilities, the most probable first, as an Arrow column of type {@code
 * ARRAY<STRUCT<label STRING, score FLOAT>>}: unlike a map, it can be sorted, grouped and compared.
 */
final class LabelScores {
  private static final String LABEL = "label";
  private static final String SCORE = "score";

  private final byte[][] texts;
  private final int most;
  private final ListVector lists;
  private final StructVector entries;
  private final VarCharVector names;
  private final Float4Vector scores;

  /**
   * @param texts the labels' names in UTF-8
   * @param most how many of them a list holds at most
   * @param lists a vector of {@link #field}
   */
  LabelScores(byte[][] texts, int most, ListVector lists) {
    this.texts = texts;
    this.most = most;
    this.lists = lists;
    entries = (StructVector) lists.getDataVector();
    names = entries.getChild(LABEL, VarCharVector.class);
    scores = entries.getChild(SCORE, Float4Vector.class);
  }

  static Field field(String name) {
    Field label = Field.notNullable(LABEL, ArrowType.Utf8.INSTANCE);
    Field score =
        Field.notNullable(SCORE, new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));
    FieldType entry = FieldType.notNullable(ArrowType.Struct.INSTANCE);
    return new Field(
        name,
        FieldType.nullable(ArrowType.List.INSTANCE),
        List.of(new Field(ListVector.DATA_VECTOR_NAME, entry, List.of(label, score))));
  }

  /**
   * Sets a row's list to all labels; rows are set in order, and one that is passed over is NULL.
   *
   * @param probabilities by label
   */
  void set(int row, float[] probabilities) {
    set(row, IntStream.range(0, probabilities.length).toArray(), probabilities);
  }

  /**
   * Sets a row's list to some labels.
   *
   * @param labels their indices
   * @param probabilities in the same order
   */
  void set(int row, int[] labels, float[] probabilities) {
    int[] ranked =
        IntStream.range(0, labels.length)
            .boxed()
            .sorted((a, b) -> Float.compare(probabilities[b], probabilities[a]))
            .limit(most)
            .mapToInt(Integer::intValue)
            .toArray();
    int at = lists.startNewValue(row);
    for (int i = 0; i < ranked.length; i++) {
      entries.setIndexDefined(at + i);
      names.setSafe(at + i, texts[labels[ranked[i]]]);
      scores.setSafe(at + i, probabilities[ranked[i]]);
    }
    lists.endValue(row, ranked.length);
  }
}
