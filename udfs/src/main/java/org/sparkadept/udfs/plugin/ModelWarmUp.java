package org.sparkadept.udfs.plugin;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.udfs.classify.AssignedGpu;
import org.sparkadept.udfs.classify.SharedClassifiers;
import org.sparkadept.udfs.classify.TextClassifier;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * Loads the models that the configuration names ({@code spark.adept.model.path} and all aliases)
 * when the executor starts, runs a text through each, and keeps them until it ends. Tasks that ask
 * for one of these models with the same options find it loaded. An executor that cannot load one,
 * or lacks the backend that is asked for, does not start, and Spark tells the driver why.
 */
final class ModelWarmUp implements ExecutorPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(ModelWarmUp.class);
  private static final String DRIVER = "driver"; // The executor of a local master.
  private static final long REPORT_SECONDS = 10;
  private static final String TEXT = "A text to warm up with.";

  private final List<TextClassifier> leases = new ArrayList<>();
  private MetricsReport report;

  @Override
  public void init(PluginContext context, Map<String, String> extraConf) {
    PublishedMetrics.register(context.metricRegistry());
    if (!context.executorID().equals(DRIVER)) {
      report = new MetricsReport(context, REPORT_SECONDS);
    }
    try {
      AdeptConf conf = AdeptPlugin.conf(context);
      for (String model : models(conf)) {
        DecoderOptions options = AssignedGpu.of(conf.decoderOptions(), context.resources());
        warmUp(ModelLocation.of(model, conf), options);
      }
    } catch (RuntimeException | Error e) {
      shutdown();
      throw e;
    }
    tellDriver(context);
  }

  /** The driver hears from Spark of executors that fail, but not of those that are ready. */
  private static void tellDriver(PluginContext context) {
    try {
      context.ask(context.executorID());
    } catch (Exception e) {
      LOG.warn("The driver could not be told that this executor is warm", e);
    }
  }

  private static Set<String> models(AdeptConf conf) {
    Set<String> models = new LinkedHashSet<>(conf.aliases().values());
    conf.modelPath().ifPresent(models::add);
    return models;
  }

  private void warmUp(ModelLocation model, DecoderOptions options) {
    long start = System.nanoTime();
    TextClassifier classifier = SharedClassifiers.acquire(model, options);
    leases.add(classifier);
    classifier.classify(new byte[][] {TEXT.getBytes(StandardCharsets.UTF_8)}, false);
    LOG.info("{} is loaded and warm after {} ms", model, (System.nanoTime() - start) / 1_000_000);
  }

  @Override
  public void shutdown() {
    if (report != null) {
      report.close();
    }
    leases.forEach(TextClassifier::close);
    leases.clear();
  }
}
