package org.sparkadept.udfs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.udfs.TestSpark;
import org.sparkadept.udfs.sharing.LocalModels;

/** Models from elsewhere in SQL. */
class RemoteModelSqlTest {
  private final SparkSession spark = TestSpark.session();
  private final Map<String, String> set = new HashMap<>();

  @TempDir private Path folder;
  private CountedModel source;

  @BeforeEach
  void setUp() throws Exception {
    source = new CountedModel(folder);
    source.settings("").forEach(this::set);
    set("spark.adept.model.cacheDir", source.cache.toString());
  }

  @AfterEach
  void takeBack() {
    set.keySet().forEach(spark.conf()::unset);
  }

  private void set(String key, String value) {
    spark.conf().set(key, value);
    set.put(key, value);
  }

  private Dataset<Row> answers(String model) {
    return spark.sql(
        "select id, r.label, r.score, r.exit_layer from (select id, adept_classify(concat('text ',"
            + " id * 7919), map('model', '"
            + model
            + "')) r from range(0, 80, 1, 4)) order by id");
  }

  @Test
  void answersAsTheLocalCopyDoesAndFetchesOnce() throws Exception {
    set("spark.adept.model.far.path", source.uri());
    List<Row> local = answers(source.model.toString()).collectAsList();
    long loads = LocalModels.loads();

    assertEquals(local, answers("far").collectAsList());
    assertEquals(local, answers(source.uri()).collectAsList());

    assertEquals(source.files(), source.opened());
    assertEquals(1, LocalModels.loads() - loads);
    assertTrue(answers("far").queryExecution().toString().contains("model " + source.uri()));
  }

  @Test
  void anExecutorFetchesWithTheSettingsThatTheQueryWasPlannedWith() throws Exception {
    Dataset<Row> planned = answers(source.uri());
    source.entries().forEach(entry -> FileUtil.fullyDelete(entry.toFile()));
    spark.conf().unset(CountingFileSystem.KEY);

    assertEquals(80, planned.collectAsList().size());
    assertEquals(2 * source.files().size(), source.opened().size());
  }

  @Test
  void modelsOnHdfs() throws Exception {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    try (MiniDFSCluster hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build()) {
      FileSystem files = hdfs.getFileSystem();
      org.apache.hadoop.fs.Path model = new org.apache.hadoop.fs.Path("/models/tiny");
      files.copyFromLocalFile(new org.apache.hadoop.fs.Path(source.model.toUri()), model);

      List<Row> far = answers(files.makeQualified(model).toString()).collectAsList();

      assertEquals(answers(source.model.toString()).collectAsList(), far);
      assertEquals(1, source.entries().size());
    }
  }
}
