package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.CommandTest;

/** Leases and incremental runs on a real HDFS. */
class HdfsTest extends CommandTest {
  @Test
  void oneRunAtATimeHasALeaseAndEachRowIsClassifiedOnce() throws Exception {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    try (MiniDFSCluster hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build()) {
      FileSystem files = hdfs.getFileSystem();
      FolderLeaseTest.assertNeverTwoOwnIt(files.makeQualified(new Path("/lease")), conf, 3);

      Path rows = files.makeQualified(new Path("/in"));
      Path answers = files.makeQualified(new Path("/out"));
      Path checkpoint = files.makeQualified(new Path("/checkpoint"));
      Object[] run = {"-i", rows, "-o", answers, "--incremental", "--checkpoint", checkpoint};
      texts(0, 10).write().parquet(rows.toString());
      classify(run).assertOk("rows                    10");
      texts(10, 10).write().mode("append").parquet(rows.toString());
      try (FolderLease lease = FolderLease.acquire("The checkpoint", checkpoint, "another", conf)) {
        classify(run).assertFails(5, "is in use by another run: process ");
        lease.check();
      }
      classify(run).assertOk("rows                    10");

      assertEquals(20, spark.read().parquet(answers.toString()).distinct().count());
      assertFalse(files.exists(new Path(checkpoint, FolderLease.CLAIMS)));
    }
  }
}
