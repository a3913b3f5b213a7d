package org.sparkadept.pipeline.report.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** This program's version, as the build wrote it down. */
public final class Version {
  private static final String RESOURCE = "/org/sparkadept/pipeline/version.properties";

  private Version() {}

  /** For instance {@code 0.1.0}. */
  public static String get() {
    return load().getProperty("version");
  }

  /** The version of Spark that it was built against. */
  public static String spark() {
    return load().getProperty("spark.version");
  }

  private static Properties load() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
      properties.load(in);
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
