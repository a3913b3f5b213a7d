package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
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
import org.sparkadept.decoder.fit.RegretPass;

/**
 * Token exits: the hidden state mappers and the token policies.
 *
 * <p>Leaving after layer e is preferred where {@code λT ≥ −βC}, with {@code T = −κ·regret} and C
 * the share of the row's operations that leaving saves; the pair weighs {@code |λT + βC|}. {@link
 * RegretPass} computes both.
 */
final class TokenExitFit {
  private static final String EXIT_LAYER = "exit_layer";
  private static final int PASS = 3;
  private static final int MAX_LAYERS = 4;

  /** The token policy has a handful of weights: it is fitted on one of so many of the rows. */
  private static final int POLICY_PART = 5;

  /** But on so many, where there are. */
  private static final int POLICY_ROWS = 200;

  /** Stands for the policies until they are fitted; the passes before that do not ask them. */
  private static final TokenPolicy NO_POLICY = new TokenPolicy(new float[TokenFeatures.COUNT], 0);

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
    Dataset<Row> train = SplitRows.only(SplitCounts.TRAIN, rows);
    double tokensPerRow = states.agg(functions.avg(StatePass.TOKENS)).head().getDouble(0);
    if (tokens.exitLayers().isEmpty() && tokensPerRow < tokens.minTokens()) {
      fit.announce(
          PASS,
          String.format(
              "no token exits: rows have %.1f tokens on average, fewer than %d"
                  + " (--token-exit-min-tokens)",
              tokensPerRow, tokens.minTokens()));
      return draft;
    }
    long count = (long) Math.ceil(tokens.mapperTokens() / tokensPerRow);
    long policyCount = Math.min(count, Math.max(count / POLICY_PART, POLICY_ROWS));
    long seed = fit.settings().split().seed();

    Dataset<Row> candidates =
        fit.stored(
            PASS,
            "mappers",
            "hidden state mapper after layers " + layers,
            () ->
                MapperFit.candidates(
                    fit.spark(),
                    SplitRows.sample(train, count, seed),
                    fit.write(draft, PolicyKind.NONE, TokenExitKind.NONE),
                    layers));
    SortedMap<Integer, MapperFit.Fitted> mappers =
        MapperFit.chosen(candidates, layers, fit.settings().model());

    TreeMap<Integer, ModelDraft.TokenExit> exits = new TreeMap<>();
    mappers.forEach((layer, mapper) -> exits.put(layer, tokenExit(NO_POLICY, mapper)));
    ModelDraft withMappers = draft.withTokenExits(tokens.threshold(), exits);
    Dataset<Row> pairs =
        fit.stored(
            PASS,
            "token-pairs",
            "token policies after layers " + layers,
            () ->
                pairs(
                    SplitRows.sample(train, policyCount, seed),
                    fit.write(withMappers, PolicyKind.ADEPT, TokenExitKind.FITTED)));
    mappers.forEach((layer, mapper) -> exits.put(layer, tokenExit(policy(pairs, layer), mapper)));
    return draft.withTokenExits(tokens.threshold(), exits);
  }

  private static ModelDraft.TokenExit tokenExit(TokenPolicy policy, MapperFit.Fitted mapper) {
    return new ModelDraft.TokenExit(policy, mapper.corrections(), mapper.error());
  }

  /**
   * Checks the layers of the settings, before any work.
   *
   * @throws AdeptException if they name layers after which no token can leave
   */
  static void check(FitSettings.TokenSettings tokens, int[] exitLayers) {
    int last = exitLayers[exitLayers.length - 1];
    for (int layer : tokens == null ? List.<Integer>of() : tokens.exitLayers()) {
      if (layer >= last || Arrays.binarySearch(exitLayers, layer) < 0) {
        throw new AdeptException(
            "tokenExitLayers (--token-exit-layers) must be exit layers before the last, "
                + Arrays.toString(exitLayers)
                + ", but are "
                + tokens.exitLayers());
      }
    }
  }

  /** After how many layers tokens may leave, at most. */
  static int most(FitSettings.TokenSettings tokens) {
    if (tokens == null) {
      return 0;
    }
    return tokens.exitLayers().isEmpty() ? MAX_LAYERS : tokens.exitLayers().size();
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
  private Dataset<Row> pairs(JavaRDD<byte[]> texts, TaskModel model) {
    double perRegret = fit.settings().policy().lambda() * tokens.errorWeight();
    double perShare = fit.settings().policy().beta();
    FlatMapFunction<Iterator<byte[]>, Row> pairing =
        source -> {
          Classifier classifier = model.classifier();
          return model.map(
              source,
              batch -> {
                List<Row> pairs = new ArrayList<>();
                classifier.fit(
                    batch.toArray(new byte[0][]),
                    classifier.regretPass(token -> pairs.add(pair(token, perRegret, perShare))));
                return pairs;
              });
        };
    StructType schema = new StructType().add(EXIT_LAYER, DataTypes.IntegerType, false);
    for (StructField field : Preference.schema().fields()) {
      schema = schema.add(field);
    }
    return fit.spark().createDataFrame(texts.mapPartitions(pairing), schema);
  }

  private TokenPolicy policy(Dataset<Row> pairs, int exitLayer) {
    double[] ridge = new double[TokenFeatures.COUNT];
    Arrays.fill(ridge, fit.settings().policy().regParam());
    Preference policy = Preference.fit(pairs.filter(col(EXIT_LAYER).equalTo(exitLayer)), ridge);
    return new TokenPolicy(
        Floats.narrow(policy.weight(), 0, policy.weight().length), (float) policy.bias());
  }

  private static Row pair(RegretPass.Token token, double perRegret, double perShare) {
    double gain = perShare * token.saved() - perRegret * token.regret();
    return RowFactory.create(
        token.exitLayer(), Vectors.dense(token.features()), gain >= 0 ? 1.0 : 0.0, Math.abs(gain));
  }
}
