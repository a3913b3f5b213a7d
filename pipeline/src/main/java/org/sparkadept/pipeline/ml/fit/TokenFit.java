package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.fit.FitModel;
import org.sparkadept.decoder.fit.FitRow;
import org.sparkadept.decoder.fit.TokenRegret;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.pipeline.progress.RowCounter;

/**
 * The token policies. Leaving after layer e is preferred where {@code λT ≥ −βC}, with {@code T =
 * −κ·regret} and C the share of the row's operations that leaving saves; the pair weighs {@code |λT
 * + βC|}. {@link TokenRegret} tells both.
 */
final class TokenFit {
  private static final String EXIT_LAYER = "exit_layer";

  private TokenFit() {}

  /**
   * Pairs of all exit layers, in one pass over the texts.
   *
   * @param texts a sample of train rows
   * @param draft a model directory
   * @param mappers by exit layer and layer above it, from 1
   * @param counter told the rows that are done
   * @return {@code exit_layer} and {@link Preference#schema}; lazy
   */
  static Dataset<Row> pairs(
      SparkSession spark,
      JavaRDD<byte[]> texts,
      String draft,
      DecoderOptions options,
      TreeMap<Integer, TreeMap<Integer, FittedParts.Linear>> mappers,
      FitSettings settings,
      RowCounter counter) {
    double perRegret = settings.policy().lambda() * settings.tokens().errorWeight();
    double perShare = settings.policy().beta();
    Broadcast<TreeMap<Integer, TreeMap<Integer, FittedParts.Linear>>> sent =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(mappers);
    FlatMapFunction<Iterator<byte[]>, Row> pairing =
        source -> {
          Decoder decoder = TaskModels.decoder(draft, options);
          FitModel model = TaskModels.fitModel(draft);
          TreeMap<Integer, TokenRegret> regrets = regrets(model, sent.value());
          return new Batches<>(
              source,
              counter,
              batch -> {
                List<Row> pairs = new ArrayList<>();
                decoder.observe(
                    batch.toArray(new byte[0][]),
                    (i, states) -> {
                      FitRow row = new FitRow(model, states);
                      regrets.forEach(
                          (layer, regret) -> {
                            for (TokenRegret.Token token : regret.of(row)) {
                              pairs.add(pair(layer, token, perRegret, perShare));
                            }
                          });
                    });
                return pairs;
              });
        };
    StructType schema = new StructType().add(EXIT_LAYER, DataTypes.IntegerType, false);
    for (StructField field : Preference.schema().fields()) {
      schema = schema.add(field);
    }
    return spark.createDataFrame(texts.mapPartitions(pairing), schema);
  }

  /** The policy of one exit layer, from the pairs of all. */
  static Preference fit(Dataset<Row> pairs, int exitLayer, double regParam) {
    double[] ridge = new double[TokenFeatures.COUNT];
    Arrays.fill(ridge, regParam);
    return Preference.fit(pairs.filter(col(EXIT_LAYER).equalTo(exitLayer)), ridge);
  }

  private static TreeMap<Integer, TokenRegret> regrets(
      FitModel model, TreeMap<Integer, TreeMap<Integer, FittedParts.Linear>> mappers) {
    TreeMap<Integer, TokenRegret> regrets = new TreeMap<>();
    int width = model.config().width();
    mappers.forEach(
        (exitLayer, above) ->
            regrets.put(
                exitLayer,
                new TokenRegret(
                    model, exitLayer, layer -> linear(layer, above.get(layer), width))));
    return regrets;
  }

  private static LinearTensors linear(int layer, FittedParts.Linear at, int width) {
    return new LinearTensors(
        Matrix.of("mapper." + layer, at.bias().length, width, at.weight()), at.bias());
  }

  private static Row pair(
      int exitLayer, TokenRegret.Token token, double perRegret, double perShare) {
    double gain = perShare * token.saved() - perRegret * token.regret();
    return RowFactory.create(
        exitLayer, Vectors.dense(token.features()), gain >= 0 ? 1.0 : 0.0, Math.abs(gain));
  }
}
