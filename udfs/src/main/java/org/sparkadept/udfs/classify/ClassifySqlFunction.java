package org.sparkadept.udfs.classify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.ArrowSqlFunction;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * {@code adept_classify(text [, option => value, …])} in SQL; the text may be a struct of the
 * columns that the model's prompt reads.
 */
public final class ClassifySqlFunction implements ArrowSqlFunction {
  /** The name that SQL calls it by. */
  static final String NAME = "adept_classify";

  private static final Map<String, AdeptKey<?>> OPTIONS = AdeptKey.options();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> argumentNames() {
    return List.of("text");
  }

  @Override
  public Set<String> optionNames() {
    return OPTIONS.keySet();
  }

  @Override
  public String usage() {
    return String.format(
        "_FUNC_(text [, option => value, ...]) - Classifies a text, or the struct of texts that the "
            + "model's prompt reads. Gives a STRUCT of label, "
            + "score, scores, exit_layer, tokens, truncated and error, with labels after score where "
            + "the model's rows may have several labels; NULL for NULL. The options "
            + "are constants: %s. They may also be given as a map after the text. model is a "
            + "directory, or an alias that spark.adept.model.ALIAS.path names.",
        String.join(", ", OPTIONS.keySet()));
  }

  @Override
  public boolean captures(String key) {
    return AdeptConf.isOfCalls(key);
  }

  @Override
  public ArrowBatchFunction bind(Map<String, String> options, Map<String, String> conf) {
    AdeptConf call = AdeptConf.of(conf);
    // In the order of the keys: a model drops the adapter of the configuration, so it comes first.
    for (AdeptKey<?> key : AdeptKey.values()) {
      if (options.containsKey(key.option())) {
        call = call.withOption(key, key.option(), options.get(key.option()));
      }
    }
    return new ClassifyFunction(
        model(call), call.computeOptions(), call.classifierOptions(), call.scoredLabels());
  }

  /** The model; a remote one is fetched, since its exits are part of the plan. */
  private ModelLocation model(AdeptConf call) {
    String model =
        call.modelPath()
            .orElseThrow(
                () ->
                    new AdeptException(
                        String.format(
                            "%s: no model given. Use %s(text, model => 'path/to/model') or"
                                + " SET %s = path/to/model.",
                            name(), name(), AdeptKey.MODEL_PATH.key())));
    ModelLocation location = ModelLocation.of(model, call.adapterPath(), call);
    if (!model.contains("/") && !location.isShipped() && !Files.isDirectory(location.path())) {
      throw new AdeptException(
          "Model '"
              + model
              + "' not found: no directory "
              + Path.of(model).toAbsolutePath()
              + " and no alias "
              + model
              + ". "
              + (call.aliases().isEmpty()
                  ? "No alias is set"
                  : "The aliases are " + String.join(", ", call.aliases().keySet()))
              + ". To define the alias: SET spark.adept.model."
              + model
              + ".path = path/to/model");
    }
    return location;
  }
}
