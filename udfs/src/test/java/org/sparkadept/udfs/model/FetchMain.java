package org.sparkadept.udfs.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;

/** Another JVM of this host that needs a model. */
public final class FetchMain {
  private static final Logger LOG = LoggerFactory.getLogger(FetchMain.class);

  private FetchMain() {}

  /** Starts one; its log says where it found the model. */
  static Process start(CountedModel model) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("..", "conf", "jvm-options"));
    command.add("-Xmx256m");
    command.add("-Dlog4j2.configurationFile=" + Path.of("..", "conf", "log4j2.properties"));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(FetchMain.class.getName());
    command.add(model.uri());
    command.add(model.cache.toString());
    for (Map.Entry<String, String> setting : model.settings("spark.hadoop.").entrySet()) {
      command.add(setting.getKey());
      command.add(setting.getValue());
    }
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /**
   * @param args URI of the model, cache folder, keys and values
   */
  public static void main(String[] args) {
    AdeptConf conf = AdeptConf.defaults().with(AdeptKey.MODEL_CACHE_DIR, args[1]);
    for (int i = 2; i < args.length; i += 2) {
      conf = conf.over(Map.of(args[i], args[i + 1]), "arguments");
    }
    LOG.warn("fetched {}", ModelLocation.of(args[0], conf).fetched());
  }
}
