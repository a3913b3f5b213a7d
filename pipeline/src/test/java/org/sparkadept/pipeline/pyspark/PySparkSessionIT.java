package org.sparkadept.pipeline.pyspark;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.sparkadept.pipeline.cluster.SparkHome;

/** A session of PySpark's own. */
class PySparkSessionIT extends PythonAnswers {
  @Override
  Map<String, String> settings() {
    return Map.of("spark.master", "local[2]", "spark.driver.memory", "1g");
  }

  @Override
  String otherKind() {
    return "Spark Connect";
  }

  @Override
  String connect(SparkHome home, Path workingDirectory, String code) {
    return code;
  }

  @Override
  List<String> arguments() {
    return List.of();
  }
}
