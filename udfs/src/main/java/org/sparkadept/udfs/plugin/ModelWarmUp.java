package org.sparkadept.udfs.plugin;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.sparkadept.udfs.classify.ClassifyMetrics;
import org.sparkadept.udfs.classify.SharedClassifiers;
import org.sparkadept.udfs.classify.SharedDecoders;
import org.sparkadept.udfs.classify.TextClassifier;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.model.ModelLocation;
import scala.Tuple2;

/**
 * Loads the models that the configuration names ({@code spark.adept.model.path} and all aliases)
 * when the executor starts, runs a text through each, and keeps them until it ends. Tasks that ask
 * for one of these models with the same options find it loaded. An executor that cannot load one,
 * or lacks the backend that is asked for, does not start, and its log says why.
 */
final class ModelWarmUp implements ExecutorPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(ModelWarmUp.class);
  private static final String TEXT = "A text to warm up with.";

  private final List<TextClassifier> leases = new ArrayList<>();

  @Override
  public void init(PluginContext context, Map<String, String> extraConf) {
    Map<String, String> entries = new HashMap<>();
    for (Tuple2<String, String> entry : context.conf().getAll()) {
      entries.put(entry._1(), entry._2());
    }
    AdeptConf conf = AdeptConf.defaults().over(entries, "Spark's configuration");
    publish(context.metricRegistry());
    try {
      for (String model : models(conf)) {
        DecoderOptions options = AssignedGpu.of(conf.decoderOptions(), context.resources());
        warmUp(ModelLocation.of(model, conf), options);
      }
    } catch (RuntimeException | Error e) {
      shutdown();
      throw e;
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

  /** As {@code plugin.org.sparkadept.udfs.plugin.AdeptPlugin.*} among the executor's metrics. */
  private static void publish(MetricRegistry registry) {
    ClassifyMetrics.ofThisJvm()
        .forEach((metric, total) -> registry.register(metric.name(), (Gauge<Long>) total::sum));
    registry.register("modelLoads", (Gauge<Long>) SharedDecoders::loads);
  }

  @Override
  public void shutdown() {
    leases.forEach(TextClassifier::close);
    leases.clear();
  }
}
