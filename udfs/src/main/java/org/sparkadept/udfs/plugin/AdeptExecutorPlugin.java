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
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.sharing.LeasedClassifier;
import org.sparkadept.udfs.sharing.ModelKey;
import org.sparkadept.udfs.sharing.SharedModels;

/**
 * Loads the models that the configuration names ({@code spark.adept.model.path} and all aliases)
 * when the executor starts, runs a text through each, and keeps them until it ends. Tasks that use
 * one of these models on the same backend and device find it loaded; exit heads that only their
 * policy needs are packed when they first use it. An executor that cannot load one, or lacks the
 * requested backend, does not start, and Spark reports the reason to the driver.
 */
final class AdeptExecutorPlugin implements ExecutorPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(AdeptExecutorPlugin.class);
  private static final String DRIVER = "driver"; // The executor of a local master.
  private static final long REPORT_SECONDS = 10;
  private static final String TEXT = "A text to warm up with.";

  private final List<LeasedClassifier> leases = new ArrayList<>();
  private ExecutorMetrics report;

  /**
   * @param models the models of the configuration as the driver means them, by key
   */
  @Override
  public void init(PluginContext context, Map<String, String> models) {
    ExecutorMetrics.register(context.metricRegistry());
    if (!context.executorID().equals(DRIVER)) {
      report = new ExecutorMetrics(context, REPORT_SECONDS);
    }
    try {
      AdeptConf conf = AdeptPlugin.conf(context).over(models, "the driver's configuration");
      for (ModelLocation model : models(conf)) {
        ComputeOptions compute = ModelKey.onAssignedGpu(conf.computeOptions(), context.resources());
        warmUp(model, compute, conf.classifierOptions());
      }
    } catch (RuntimeException | Error e) {
      shutdown();
      throw e;
    }
    reportReady(context);
  }

  /** Spark reports executors that fail to the driver, but not those that are ready. */
  private static void reportReady(PluginContext context) {
    try {
      context.ask(context.executorID());
    } catch (Exception e) {
      LOG.warn("The driver could not be notified that this executor is ready", e);
    }
  }

  /** The adapter is that of the model of the configuration, not of those with an alias. */
  private static Set<ModelLocation> models(AdeptConf conf) {
    Set<ModelLocation> models = new LinkedHashSet<>();
    conf.aliases().values().forEach(path -> models.add(ModelLocation.of(path, conf)));
    conf.modelPath()
        .ifPresent(path -> models.add(ModelLocation.of(path, conf.adapterPath(), conf)));
    return models;
  }

  private void warmUp(ModelLocation model, ComputeOptions compute, ClassifierOptions options) {
    long start = System.nanoTime();
    LeasedClassifier classifier = SharedModels.borrow(model, compute, options);
    leases.add(classifier);
    classifier.classify(new byte[][] {TEXT.getBytes(StandardCharsets.UTF_8)}, false);
    LOG.info("{} is loaded and warm after {} ms", model, (System.nanoTime() - start) / 1_000_000);
  }

  @Override
  public void shutdown() {
    if (report != null) {
      report.close();
    }
    leases.forEach(LeasedClassifier::close);
    leases.clear();
  }
}
