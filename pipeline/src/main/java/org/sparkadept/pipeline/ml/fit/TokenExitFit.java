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
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.fit.FitModel;
import org.sparkadept.decoder.fit.FitRow;
import org.sparkadept.decoder.fit.MapperSums;
import org.sparkadept.decoder.fit.TokenRegret;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * Token exits: the hidden state mappers and the token policies.
 *
 * <p>Leaving after layer e is preferred where {@code λT ≥ −βC}, with {@code T = −κ·regret} and C
 * the share of the row's operations that leaving saves; the pair weighs {@code |λT + βC|}. {@link
 * TokenRegret} computes both.
 */
final class TokenExitFit {
  private static final String EXIT_LAYER = "exit_layer";
  private static final int PASS = 3;
  private static final int MAX_LAYERS = 4;

  private final FitContext fit;
  private final FitSettings.TokenSettings tokens;

  TokenExitFit(FitContext fit) {
    this.fit = fit;
    tokens = fit.settings().tokens();
  }

  /**
   * Fits token exits, unless the settings have none.
   *
   * @param draft with all heads
   * @param rows of the whole input
   * @param states of {@link StatePass}
   */
  ModelDraft fit(ModelDraft draft, Dataset<Row> rows, Dataset<Row> states) {
    List<Integer> layers = tokens == null ? List.of() : layers(draft);
    if (layers.isEmpty()) {
      return draft;
    }
    TaskModel model = fit.write(draft, PolicyKind.NONE, TokenExitKind.NONE);
    Dataset<Row> train = SplitRows.only(SplitCounts.TRAIN, rows);
    double tokensPerRow = states.agg(functions.avg(StatePass.TOKENS)).head().getDouble(0);
    long count = (long) Math.ceil(tokens.mapperTokens() / tokensPerRow);
    long policyCount = Math.min(count, tokens.policyRows());
    long seed = fit.settings().split().seed();

    fit.announce(PASS, "hidden state mapper after layers " + layers);
    TreeMap<Integer, MapperFit.Fitted> mappers = new TreeMap<>();
    for (MapperSums sums : MapperFit.sums(SplitRows.sample(train, count, seed), model, layers)) {
      mappers.put(sums.exitLayer(), MapperFit.solve(sums, draft.reference(), tokens.ridge()));
    }

    fit.announce(PASS, "token policies after layers " + layers);
    Dataset<Row> pairs =
        fit.store(pairs(SplitRows.sample(train, policyCount, seed), model, mappers), "tokens");
    TreeMap<Integer, ModelDraft.TokenExit> exits = new TreeMap<>();
    for (int layer : layers) {
      Preference policy = policy(pairs, layer);
      exits.put(
          layer,
          new ModelDraft.TokenExit(
              new TokenPolicy(
                  Floats.narrow(policy.weight(), 0, policy.weight().length), (float) policy.bias()),
              mappers.get(layer).mapper(),
              mappers.get(layer).error()));
    }
    return draft.withTokenExits(tokens.threshold(), exits);
  }

  /**
   * Checks the layers of the settings, before any work.
   *
   * @throws AdeptException if they name layers after which no token can leave
   */
  static void check(FitSettings.TokenSettings tokens, ModelDraft draft) {
    for (int layer : tokens == null ? List.<Integer>of() : tokens.exitLayers()) {
      if (layer >= draft.reference() || Arrays.binarySearch(draft.exitLayers(), layer) < 0) {
        throw new AdeptException(
            "tokenExitLayers (--token-exit-layers) must be exit layers before the last, "
                + Arrays.toString(draft.exitLayers())
                + ", but are "
                + tokens.exitLayers());
      }
    }
  }

  /**
   * The layers of the settings below the reference; else exit layers of the lower half, at most
   * four.
   */
  private List<Integer> layers(ModelDraft draft) {
    List<Integer> chosen = tokens.exitLayers();
    return !chosen.isEmpty()
        ? chosen.stream().filter(layer -> layer < draft.reference()).toList()
        : Arrays.stream(draft.exitLayers())
            .filter(
                layer -> layer <= Math.max(1, draft.reference() / 2) && layer < draft.reference())
            .limit(MAX_LAYERS)
            .boxed()
            .toList();
  }

  /** {@code exit_layer} and {@link Preference#schema} of all exit layers, in one pass; lazy. */
  private Dataset<Row> pairs(
      JavaRDD<byte[]> texts, TaskModel model, TreeMap<Integer, MapperFit.Fitted> mappers) {
    double perRegret = fit.settings().policy().lambda() * tokens.errorWeight();
    double perShare = fit.settings().policy().beta();
    Broadcast<TreeMap<Integer, MapperFit.Fitted>> sent =
        JavaSparkContext.fromSparkContext(fit.spark().sparkContext()).broadcast(mappers);
    FlatMapFunction<Iterator<byte[]>, Row> pairing =
        source -> {
          Classifier classifier = model.classifier();
          FitModel weights = model.weights();
          TreeMap<Integer, TokenRegret> regrets = regrets(weights, sent.value());
          return model.map(
              source,
              batch -> {
                List<Row> pairs = new ArrayList<>();
                classifier.observe(
                    batch.toArray(new byte[0][]),
                    (i, states) -> {
                      FitRow row = new FitRow(weights, states);
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
    return fit.spark().createDataFrame(texts.mapPartitions(pairing), schema);
  }

  private Preference policy(Dataset<Row> pairs, int exitLayer) {
    double[] ridge = new double[TokenFeatures.COUNT];
    Arrays.fill(ridge, fit.settings().policy().regParam());
    return Preference.fit(pairs.filter(col(EXIT_LAYER).equalTo(exitLayer)), ridge);
  }

  private static TreeMap<Integer, TokenRegret> regrets(
      FitModel weights, TreeMap<Integer, MapperFit.Fitted> mappers) {
    TreeMap<Integer, TokenRegret> regrets = new TreeMap<>();
    int width = weights.config().width();
    mappers.forEach(
        (exitLayer, fitted) ->
            regrets.put(
                exitLayer,
                new TokenRegret(
                    weights,
                    exitLayer,
                    layer -> linear(layer, fitted.mapper().get(layer), width))));
    return regrets;
  }

  private static LinearTensors linear(int layer, ModelDraft.Linear at, int width) {
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
