package org.sparkadept.udfs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.SparkConf;
import org.apache.spark.util.Utils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.error.AdeptException;

class ModelLocationTest {
  @TempDir private Path folder;
  private CountedModel source;

  @BeforeEach
  void writeModel() throws Exception {
    source = new CountedModel(folder);
  }

  @Test
  void aRemoteModelIsFetchedOnceAndWhole() throws Exception {
    Files.writeString(source.model.resolve("weights.gguf"), "needed");
    Files.writeString(source.model.resolve("README.md"), "not needed");
    Files.writeString(source.model.resolve(".hidden.json"), "not needed");
    Path first = ModelLocation.of(source.uri(), source.conf()).fetched();
    Path second = ModelLocation.of(source.uri(), source.conf()).fetched();

    assertEquals(first, second);
    assertTrue(first.startsWith(source.cache), first.toString());
    List<String> files = new ArrayList<>(source.files());
    files.removeAll(List.of("README.md", ".hidden.json"));
    assertEquals(files, source.opened());
    for (String file : files) {
      assertEquals(-1, Files.mismatch(source.model.resolve(file), first.resolve(file)), file);
    }
  }

  @Test
  void anAdapterIsFetchedAsAModelIs() throws Exception {
    Path base = Files.createDirectory(folder.resolve("base"));
    ModelLocation model =
        copy(ModelLocation.of(base.toString(), Optional.of(source.uri()), source.conf()));

    ModelSource read = model.fetchedSource();

    assertEquals(base.toRealPath(), read.directory());
    assertTrue(read.adapter().orElseThrow().startsWith(source.cache), read.toString());
    assertEquals(source.files(), source.opened());
    assertFalse(model.isRemote());
    assertNotEquals(ModelLocation.local(base), model);
    assertTrue(model.toString().endsWith(" with adapter " + source.uri()), model.toString());
  }

  /** Executors have other working directories than the driver. */
  @Test
  void aRelativePathIsThatOfTheDriver() {
    Path relative = Path.of("").toAbsolutePath().relativize(source.model);
    ModelLocation model = ModelLocation.of(relative.toString());

    assertTrue(model.path().isAbsolute(), model.path().toString());
    assertTrue(Files.isDirectory(model.path()), model.path().toString());
    assertEquals(relative.toString(), model.toString());
    assertTrue(ModelLocation.local(relative).path().isAbsolute());
    assertEquals(model, ModelLocation.of(model.path().toString()));
    assertEquals("not/here", ModelLocation.resolved("not/here"));
    assertEquals("hdfs:///model", ModelLocation.resolved("hdfs:///model"));
  }

  @Test
  void aModelInAnArchiveOfTheJobIsThatOfEachMachine() {
    SparkConf conf =
        new SparkConf(false).set("spark.archives", "a.tgz#other,hdfs:///b.tgz#topics,c.zip");
    SparkConf yarn = new SparkConf(false).set("spark.yarn.dist.archives", "a.tgz#topics");

    assertTrue(ModelLocation.isShipped("topics", conf));
    assertTrue(ModelLocation.isShipped("./topics", conf));
    assertTrue(ModelLocation.isShipped("topics/v2", conf));
    assertTrue(ModelLocation.isShipped("topics", yarn));
    assertFalse(ModelLocation.isShipped("topic", conf));
    assertFalse(ModelLocation.isShipped("/topics", conf));
    assertFalse(ModelLocation.isShipped("hdfs:///topics", conf));
    System.setProperty("spark.archives", "a.tgz#src");
    try {
      assertEquals("src", ModelLocation.resolved("src"));
    } finally {
      System.clearProperty("spark.archives");
    }
    assertTrue(Path.of(ModelLocation.resolved("src")).isAbsolute());
  }

  @Test
  void aChangedSourceIsAnotherEntryAndTheLastTwoAreKept() throws Exception {
    Path weights = source.model.resolve("model.safetensors");
    Path first = ModelLocation.of(source.uri(), source.conf()).fetched();
    Files.setLastModifiedTime(weights, FileTime.fromMillis(1_000_000));
    Path second = ModelLocation.of(source.uri(), source.conf()).fetched();
    Files.setLastModifiedTime(first.getParent(), FileTime.fromMillis(1_000));
    Files.setLastModifiedTime(weights, FileTime.fromMillis(2_000_000));
    Path third = ModelLocation.of(source.uri(), source.conf()).fetched();

    assertEquals(3, Collections.frequency(source.opened(), "model.safetensors"));
    assertEquals(
        List.of(second.getParent(), third.getParent()).stream().sorted().toList(),
        source.entries());
  }

  @Test
  void jvmsThatComeTogetherFetchOnce() throws Exception {
    List<Process> jvms = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      jvms.add(FetchMain.start(source));
    }

    for (Process jvm : jvms) {
      String printed = printed(jvm);
      assertEquals(0, jvm.waitFor(), printed);
      assertTrue(printed.contains("fetched " + source.cache), printed);
    }
    assertEquals(source.files(), source.opened());
  }

  @Test
  void anotherJvmFindsDamageAndFetchesAnew() throws Exception {
    Path fetched = ModelLocation.of(source.uri(), source.conf()).fetched();
    Path weights = fetched.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);

    Process jvm = FetchMain.start(source);

    String printed = printed(jvm);
    assertEquals(0, jvm.waitFor(), printed);
    assertTrue(printed.contains("damaged"), printed);
    assertTrue(printed.contains(weights.toString()), printed);
    assertEquals(2, Collections.frequency(source.opened(), "model.safetensors"));
    assertEquals(-1, Files.mismatch(source.model.resolve("model.safetensors"), weights));
  }

  @Test
  void anotherJvmFindsASoundEntryAndOpensNothing() throws Exception {
    ModelLocation.of(source.uri(), source.conf());

    Process jvm = FetchMain.start(source);

    assertEquals(0, jvm.waitFor(), printed(jvm));
    assertEquals(source.files(), source.opened());
  }

  @Test
  void aFetchThatBreaksOffLeavesNothingAndMayBeTriedAgain() throws Exception {
    source.set(CountingFileSystem.BROKEN, "tokenizer.json");
    AdeptException e =
        assertThrows(AdeptException.class, () -> ModelLocation.of(source.uri(), source.conf()));
    assertTrue(e.getMessage().contains("the network is down"), e.getMessage());
    assertTrue(e.getMessage().contains(source.cache.toString()), e.getMessage());
    assertTrue(source.opened().contains("model.safetensors"));
    assertEquals(List.of(), source.entries());

    source.set(CountingFileSystem.BROKEN, "");
    ModelLocation.of(source.uri(), source.conf());
    assertEquals(1, source.entries().size());
  }

  @Test
  void whatAKilledFetchLeftIsRemoved() throws Exception {
    Path entry = ModelLocation.of(source.uri(), source.conf()).fetched().getParent();
    Path left = entry.resolveSibling(entry.getFileName() + ".part");
    Files.createDirectories(left.resolve("model"));
    FileUtil.fullyDelete(entry.toFile());

    ModelLocation.of(source.uri(), source.conf());

    assertEquals(List.of(entry), source.entries());
  }

  @Test
  void withoutRoomTheErrorNamesFolderAndBytes() {
    long petabytes = 1L << 52;
    source.set(CountingFileSystem.EXTRA_LENGTH, Long.toString(petabytes));

    AdeptException e =
        assertThrows(AdeptException.class, () -> ModelLocation.of(source.uri(), source.conf()));

    assertTrue(e.getMessage().contains("no room"), e.getMessage());
    assertTrue(e.getMessage().contains(source.cache.toString()), e.getMessage());
    assertTrue(e.getMessage().matches(".* needs \\d{16,} bytes.*"), e.getMessage());
    assertTrue(e.getMessage().contains("spark.adept.model.cacheDir"), e.getMessage());
  }

  @Test
  void anExecutorThatReadsOtherBytesThanTheDriverFails() throws Exception {
    ModelLocation planned = copy(ModelLocation.of(source.uri(), source.conf()));
    Path config = source.model.resolve("config.json");
    FileTime before = Files.getLastModifiedTime(config);
    String text = Files.readString(config);
    FileUtil.fullyDelete(planned.path().getParent().toFile());

    Files.write(config, new byte[(int) Files.size(config)]);
    Files.setLastModifiedTime(config, before);
    assertChanged(planned);

    Files.writeString(config, text);
    assertChanged(planned);

    Files.setLastModifiedTime(config, before);
    assertTrue(Files.isDirectory(planned.fetched()));
  }

  private static void assertChanged(ModelLocation planned) {
    AdeptException e = assertThrows(AdeptException.class, planned::fetched);
    assertTrue(e.getMessage().contains("was changed"), e.getMessage());
    assertTrue(e.getMessage().contains("config.json"), e.getMessage());
    assertTrue(e.getMessage().contains(Utils.localHostName()), e.getMessage());
  }

  @Test
  void executorsGetTheSettingsOfTheDriverAndNoMessageShowsThem() throws Exception {
    ModelLocation planned = copy(ModelLocation.of(source.uri(), source.conf()));
    FileUtil.fullyDelete(planned.path().getParent().toFile());

    assertTrue(Files.isDirectory(planned.fetched()));
    assertFalse(planned.toString().contains(CountingFileSystem.RIGHT_KEY));

    source.set(CountingFileSystem.KEY, "wrong");
    AdeptException e =
        assertThrows(AdeptException.class, () -> ModelLocation.of(source.uri(), source.conf()));
    assertTrue(e.getMessage().contains("the key is wrong"), e.getMessage());
    assertTrue(e.getMessage().contains("spark.hadoop."), e.getMessage());
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertMessage("counted:/nowhere/model", "does not exist");
    assertMessage("counted:" + folder.resolve("cache"), "does not exist");
    assertMessage("nosuchscheme://host/model", "nosuchscheme");
  }

  private void assertMessage(String location, String part) {
    AdeptException e =
        assertThrows(AdeptException.class, () -> ModelLocation.of(location, source.conf()));
    assertTrue(e.getMessage().contains(location), e.getMessage());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void aFolderWithoutAModelIsNamed() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertMessage("counted://" + empty, "is not a model directory");
  }

  @Test
  void filesOfThisMachineAreUsedWhereTheyLie() throws Exception {
    for (String location :
        List.of(source.model.toString(), "file://" + source.model, "file:" + source.model)) {
      ModelLocation model = ModelLocation.of(location, source.conf());
      assertFalse(model.isRemote());
      assertEquals(source.model.toRealPath(), model.fetched());
      assertEquals(location, model.toString());
    }
    assertFalse(Files.exists(source.cache));
  }

  @Test
  void aDirectoryThatIsNotThereIsNamedWithTheHostAndWhatToDo() {
    String missing = folder.resolve("missing").toString();
    AdeptException e =
        assertThrows(
            AdeptException.class, () -> ModelLocation.of(missing, source.conf()).fetched());

    for (String part : List.of(missing, Utils.localHostName(), "same path", "--archives")) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  @Test
  void aTemporaryFolderOfAnotherUserIsNotTrusted() throws Exception {
    Path cache = Files.createDirectory(folder.resolve("theirs"));
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can give a folder away");
    Files.setOwner(
        cache,
        cache.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

    AdeptException e =
        assertThrows(AdeptException.class, () -> new CacheFolder(cache, false).create());

    assertTrue(e.getMessage().contains("another user"), e.getMessage());
    new CacheFolder(cache, true).create();
  }

  private static ModelLocation copy(ModelLocation location) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(location);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (ModelLocation) in.readObject();
    }
  }

  private static String printed(Process process) throws Exception {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
