package org.sparkadept.pipeline.ml;

/**
 * The uid of a stage that is being constructed. The constructors of MLlib's classes make params
 * that ask for it, before Java lets the class that extends them set a field.
 */
final class StageUid {
  private static final ThreadLocal<StageUid> UNDER_CONSTRUCTION = new ThreadLocal<>();

  private final String value;

  private StageUid(String value) {
    this.value = value;
  }

  /** To be an argument of a constructor, and so made before the constructor of the super class. */
  static StageUid of(String value) {
    StageUid uid = new StageUid(value);
    UNDER_CONSTRUCTION.set(uid);
    return uid;
  }

  /** What {@code uid()} returns: the field, or while that is null, what this thread constructs. */
  static String current(String field) {
    return field == null ? UNDER_CONSTRUCTION.get().value : field;
  }

  /** The value for the field; the stage is constructed. */
  String use() {
    UNDER_CONSTRUCTION.remove();
    return value;
  }
}
