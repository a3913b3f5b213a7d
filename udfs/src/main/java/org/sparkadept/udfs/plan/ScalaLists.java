package org.sparkadept.udfs.plan;

import java.util.ArrayList;
import java.util.List;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Lists between Java and Scala. */
final class ScalaLists {
  private ScalaLists() {}

  /** The elements as Scala has them. */
  static <T> Seq<T> seq(List<? extends T> elements) {
    return CollectionConverters.<T>asScala(new ArrayList<T>(elements)).toSeq();
  }

  /** A list of one element. */
  static <T> Seq<T> one(T element) {
    return seq(List.of(element));
  }

  /** The elements as Java has them. */
  static <T> List<T> list(scala.collection.Seq<? extends T> elements) {
    return new ArrayList<>(CollectionConverters.asJava(elements));
  }
}
