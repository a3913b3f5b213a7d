package org.sparkadept.pipeline.ml.fit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.HashPartitioner;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.adept.MapperCorrection;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.exit.CopyMapper;
import org.sparkadept.decoder.fit.MapperPass;
import org.sparkadept.decoder.fit.MapperSums;
import scala.Tuple2;

/**
 * The hidden state mappers of all exit layers: sums over a sample of texts, and over a part of it
 * that is kept apart, are made and solved on the cluster, each exit layer in a task; the driver
 * receives the corrections.
 */
final class MapperFit {
  private static final Logger LOG = LoggerFactory.getLogger(MapperFit.class);

  /** One text of so many is kept apart. */
  private static final int HELD_EVERY = 5;

  /** The mappers' part of the weights' size, at most. */
  private static final double MAX_SHARE = 0.1;

  private MapperFit() {}

  /**
   * The mappers of one exit layer.
   *
   * @param corrections by layer above, from 1; none where the state is copied
   * @param error {@code sqrt(Σ‖ŷ − y‖² / Σ‖y‖²)} on tokens that were not fitted on, mean over
   *     layers; NaN where there were none
   */
  record Fitted(SortedMap<Integer, MapperCorrection> corrections, double error) {}

  /**
   * Fits the mappers of all pairs of layers, at several ranks.
   *
   * @param texts a sample
   * @param model runs at full depth
   * @param exitLayers from 1
   * @return {@link MapperCandidates#schema}; lazy
   */
  static Dataset<Row> candidates(
      SparkSession spark, JavaRDD<byte[]> texts, TaskModel model, List<Integer> exitLayers) {
    String path = model.directory();
    Partitioner byLayer = new HashPartitioner(exitLayers.size());
    JavaRDD<Row> pairs =
        sums(part(texts, false), model, exitLayers, byLayer)
            .join(sums(part(texts, true), model, exitLayers, byLayer), byLayer)
            .values()
            .flatMap(both -> solve(both._1, both._2, Path.of(path)).iterator())
            .map(MapperCandidates::row);
    return spark.createDataFrame(pairs, MapperCandidates.schema());
  }

  /**
   * Chooses the ranks.
   *
   * @param candidates of {@link #candidates}
   * @param exitLayers from 1
   * @param model the checkpoint
   * @return the mappers of each exit layer
   */
  static SortedMap<Integer, Fitted> chosen(
      Dataset<Row> candidates, List<Integer> exitLayers, ModelSource model) {
    List<MapperCandidates> pairs =
        candidates.collectAsList().stream().map(MapperCandidates::of).toList();
    return chosen(pairs, exitLayers, (long) (MAX_SHARE * weightBytes(model)));
  }

  private static JavaRDD<byte[]> part(JavaRDD<byte[]> texts, boolean held) {
    return texts
        .zipWithIndex()
        .filter(text -> (text._2 % HELD_EVERY == HELD_EVERY - 1) == held)
        .keys();
  }

  /** The sums of each exit layer, by its place in the list. */
  static JavaPairRDD<Integer, MapperSums> sums(
      JavaRDD<byte[]> texts, TaskModel model, List<Integer> exitLayers, Partitioner byLayer) {
    PairFlatMapFunction<Iterator<byte[]>, Integer, MapperSums> summing =
        source -> {
          List<Tuple2<Integer, MapperSums>> sums = new ArrayList<>();
          if (source.hasNext()) {
            Classifier classifier = model.classifier();
            MapperPass pass = classifier.mapperPass(exitLayers);
            model.forEach(source, batch -> classifier.fit(batch.toArray(new byte[0][]), pass));
            pass.sums().forEach(sum -> sums.add(new Tuple2<>(sums.size(), sum)));
          }
          return sums.iterator();
        };
    return texts.mapPartitionsToPair(summing).reduceByKey(byLayer, MapperSums::plus);
  }

  private static List<MapperCandidates> solve(MapperSums fit, MapperSums held, Path path) {
    if (fit.tokens() == 0 || held.tokens() == 0) {
      return List.of();
    }
    try (ModelDirectory directory = ModelDirectory.openBackbone(path)) {
      CopyMapper copies = new CopyMapper(directory.tensors());
      int exit = fit.exitLayer();
      return new MapperSolver(fit, held, layer -> copies.map(exit - 1, layer - 1)).solve();
    }
  }

  private static long weightBytes(ModelSource model) {
    try (ModelDirectory directory = ModelDirectory.openBackbone(model)) {
      long bytes = 0;
      for (Path file : directory.checkpoint().tensors().files()) {
        bytes += Files.size(file);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SortedMap<Integer, Fitted> chosen(
      List<MapperCandidates> pairs, List<Integer> exitLayers, long bytes) {
    int[] ranks = RankBudget.choose(pairs, bytes);
    SortedMap<Integer, Fitted> fitted = new TreeMap<>();
    for (int exit : exitLayers) {
      SortedMap<Integer, MapperCorrection> corrections = new TreeMap<>();
      List<String> told = new ArrayList<>();
      double error = 0;
      int lowered = 0;
      for (int i = 0; i < ranks.length; i++) {
        MapperCandidates pair = pairs.get(i);
        if (pair.exitLayer() == exit) {
          MapperCorrection correction = pair.correction(ranks[i]);
          if (correction != null) {
            corrections.put(pair.layer(), correction);
          }
          error += pair.errors()[ranks[i]];
          lowered += ranks[i] < pair.ranks().length - 1 ? 1 : 0;
          told.add(pair.layer() + ": " + pair.ranks()[ranks[i]]);
        }
      }
      fitted.put(exit, new Fitted(corrections, error / told.size()));
      LOG.info(
          "Hidden state mapper after layer {}: ranks {}; {} of them lower than would fit best, to"
              + " stay within {} bytes for all mappers",
          exit,
          told,
          lowered,
          bytes);
    }
    return fitted;
  }
}
