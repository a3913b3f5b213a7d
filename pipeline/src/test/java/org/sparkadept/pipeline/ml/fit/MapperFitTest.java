package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fit.MapperPass;
import org.sparkadept.decoder.fit.MapperSums;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyFamilies;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.pipeline.progress.RowCounter;

/** The mappers of a sample of texts, however they are dealt out. */
class MapperFitTest {
  private static final ComputeOptions COMPUTE = ComputeOptions.defaults();
  private static final ClassifierOptions OPTIONS = ClassifierOptions.defaults().atFullDepth();

  @TempDir Path directory;

  private static List<byte[]> texts(int count) {
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = "text " + i * i + " of " + (char) ('a' + i % 26) + " and " + i * 7919;
      texts.add(text.getBytes(StandardCharsets.UTF_8));
    }
    return texts;
  }

  private static JavaRDD<byte[]> dealt(List<byte[]> texts, int parts) {
    return JavaSparkContext.fromSparkContext(TestSpark.session().sparkContext())
        .parallelize(texts, parts);
  }

  private TaskModel model() {
    RowCounter counter = RowCounter.register(TestSpark.session().sparkContext());
    return new TaskModel(directory.toString(), COMPUTE, OPTIONS, counter);
  }

  @Test
  void theSumsOfTheClusterAreThoseOfOneThread() throws IOException {
    TinyCheckpoint.llama().layers(4).labels("a", "b").write(directory);
    List<Integer> exits = List.of(1, 3);
    Map<Integer, MapperSums> found =
        MapperFit.sums(dealt(texts(60), 3), model(), exits, new HashPartitioner(2)).collectAsMap();
    try (LoadedModel loaded = LoadedModel.open(directory, COMPUTE)) {
      Classifier classifier = loaded.classifier(OPTIONS);
      MapperPass pass = classifier.mapperPass(exits);
      classifier.fit(texts(60).toArray(new byte[0][]), pass);
      for (int i = 0; i < exits.size(); i++) {
        MapperSums expected = pass.sums().get(i);
        assertEquals(exits.get(i), found.get(i).exitLayer());
        assertEquals(expected.tokens(), found.get(i).tokens());
        double scale = expected.tokens() * 1e-4;
        for (int at = 0; at < expected.gram().length; at++) {
          assertEquals(expected.gram()[at], found.get(i).gram()[at], scale);
        }
        for (int at = 0; at < expected.cross(4).length; at++) {
          assertEquals(expected.cross(4)[at], found.get(i).cross(4)[at], scale);
        }
      }
    }
  }

  private Map<Integer, MapperFit.Fitted> fit(int texts, List<Integer> exits) {
    Dataset<Row> candidates =
        MapperFit.candidates(TestSpark.session(), dealt(texts(texts), 3), model(), exits);
    return MapperFit.chosen(candidates, exits, ModelSource.of(directory));
  }

  /** One layer above, the copied state has the very keys and values; further up it has not. */
  @Test
  void correctionsAreMadeWhereTheCopyErrs() throws IOException {
    TinyCheckpoint.gpt2().layers(3).labels("a", "b").write(directory);
    Map<Integer, MapperFit.Fitted> fitted = fit(200, List.of(1, 2));
    assertEquals(List.of(3), List.copyOf(fitted.get(1).corrections().keySet()));
    assertTrue(fitted.get(1).error() > 0 && fitted.get(1).error() < 0.5, fitted.toString());
    assertTrue(fitted.get(2).corrections().isEmpty());
    assertEquals(0, fitted.get(2).error(), 1e-3);
  }

  /** What exits has lost its size, which attention without a norm would see. */
  @Test
  void correctionsMakeWhatACopyCannot() throws IOException {
    TinyFamilies.olmo2().layers(3).labels("a", "b").write(directory);
    Map<Integer, MapperFit.Fitted> fitted = fit(200, List.of(2));
    assertEquals(List.of(3), List.copyOf(fitted.get(2).corrections().keySet()));
    assertTrue(fitted.get(2).error() < 0.2, fitted.toString());
  }

  /** Where no text is kept apart, nothing is known of any correction. */
  @Test
  void tooFewTextsLeaveTheCopies() throws IOException {
    TinyCheckpoint.llama().labels("a", "b").write(directory);
    Map<Integer, MapperFit.Fitted> fitted = fit(3, List.of(1));
    assertTrue(fitted.get(1).corrections().isEmpty());
    assertTrue(Double.isNaN(fitted.get(1).error()));
  }
}
