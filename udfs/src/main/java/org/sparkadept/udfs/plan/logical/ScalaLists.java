package org.sparkadept.udfs.plan.logical;

import java.util.ArrayList;
import java.util.List;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Lists between Java and Scala. */
public final class ScalaLists {
  private ScalaLists() {}

  /** The elements as Scala has them. */
  public static <T> Seq<T> seq(List<? extends T> elements) {
    return CollectionConverters.<T>asScala(new ArrayList<T>(elements)).toSeq();
  }

  /** A list of one element. */
  public static <T> Seq<T> one(T element) {
    return seq(List.of(element));
  }

  /** The elements as Java has them. */
  public static <T> List<T> list(scala.collection.Seq<? extends T> elements) {
    return new ArrayList<>(CollectionConverters.asJava(elements));
  }
}
