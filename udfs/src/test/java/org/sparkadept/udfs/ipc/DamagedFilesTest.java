package org.sparkadept.udfs.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TestSeed;

/** Files that are not what they say: an error that names the file, and nothing else. */
class DamagedFilesTest {
  private static final ArrowType INT8 = new ArrowType.Int(8, true);
  private static final int FLIPS = 300;

  private final IpcFixture fixture = new IpcFixture();
  private final BufferAllocator allocator = new RootAllocator(64 << 20);
  @TempDir private Path folder;

  @AfterEach
  void everythingIsReleased() {
    fixture.close();
    allocator.close();
  }

  @ParameterizedTest
  @CsvSource({
    "'',it has 0 bytes",
    "ARROW,it has 5 bytes",
    "PAR1....PAR1,it is a Parquet file",
    "FEA1....FEA1,Feather file of version 1",
    "'id,text\n1,a',begins neither with ARROW1",
    "ARROW1..,ends after its first bytes",
    "ARROW1..........................,its footer is missing",
    "ARROW1......................AAAAARROW1,its footer claims a length of"
  })
  void whatIsNoArrowFileIsNamed(String content, String why) throws IOException {
    Path file = Files.writeString(folder.resolve("no table"), content);

    AdeptException e = assertThrows(AdeptException.class, () -> read(file));

    assertTrue(e.getMessage().contains(why), e.getMessage());
    assertTrue(e.getMessage().contains("no table"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFileThatIsCutOffAnywhereIsAnError(boolean stream) throws IOException {
    byte[] whole = Files.readAllBytes(table(stream, CodecType.NO_COMPRESSION));
    Path file = folder.resolve("cut");
    int errors = 0;
    for (int length = 0; length < whole.length; length += 8) {
      Files.write(file, Arrays.copyOf(whole, length));
      try {
        assertTrue(read(file) <= 6, "rows");
      } catch (AdeptException e) {
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        errors++;
      }
    }
    // Of a stream, what ends with a batch is whole: its schema; and that with one or two batches,
    // with and without the mark of its end.
    assertEquals((whole.length + 7) / 8 - (stream ? streamEnds(whole) : 0), errors);
  }

  private static int streamEnds(byte[] whole) {
    ByteBuffer bytes = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    int ends = 0;
    for (int at = 0; bytes.getInt(at + 4) != 0; ends++) {
      ByteBuffer metadata =
          bytes.slice(at + 8, bytes.getInt(at + 4)).order(ByteOrder.LITTLE_ENDIAN);
      at +=
          8
              + metadata.limit()
              + (int) org.apache.arrow.flatbuf.Message.getRootAsMessage(metadata).bodyLength();
    }
    return ends;
  }

  @ParameterizedTest
  @EnumSource(CodecType.class)
  void aFileWithDamagedBytesNeverBringsTheJvmDown(CodecType codec) throws IOException {
    Random random = TestSeed.random();
    for (boolean stream : new boolean[] {true, false}) {
      byte[] whole = Files.readAllBytes(table(stream, codec));
      Path file = folder.resolve("damaged");
      int errors = 0;
      for (int i = 0; i < FLIPS; i++) {
        byte[] damaged = whole.clone();
        int at = random.nextInt(damaged.length);
        damaged[at] = (byte) random.nextInt();
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, damaged);
        try {
          read(file);
        } catch (AdeptException e) {
          assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
          errors++;
        } catch (RuntimeException | Error e) {
          throw new AssertionError("round " + i, e);
        }
        assertEquals(0, allocator.getAllocatedMemory(), "leak");
      }
      assertTrue(errors > FLIPS / 20, errors + " errors");
    }
  }

  @Test
  void aFooterThatNamesBlocksBeyondTheFileIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(table(false, CodecType.NO_COMPRESSION));
    ByteBuffer bytes = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    int footerStart = whole.length - 10 - bytes.getInt(whole.length - 10);
    ByteBuffer footerBytes = bytes.slice(footerStart, whole.length - 10 - footerStart);
    Footer footer = Footer.getRootAsFooter(footerBytes.order(ByteOrder.LITTLE_ENDIAN));
    long offset = footer.recordBatches(0).offset();
    int place = footerStart;
    while (bytes.getLong(place) != offset) {
      place += 4;
    }
    for (long lie : new long[] {Long.MAX_VALUE, -8, whole.length, 1L << 40}) {
      Path file = Files.write(folder.resolve("lies"), whole);
      byte[] changed = whole.clone();
      ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(place, lie);
      Files.write(file, changed);

      AdeptException e = assertThrows(AdeptException.class, () -> read(file));

      assertTrue(e.getMessage().contains("its footer names a block of"), e.getMessage());
      assertTrue(e.getMessage().contains("at byte " + lie), e.getMessage());
    }
  }

  @Test
  void offsetsOfTextsThatLeadAstrayAreRefused() throws IOException {
    for (int[] offsets : new int[][] {{0, 1 << 30}, {0, -1}, {5, 2}}) {
      VarCharVector texts = new VarCharVector("text", fixture.allocator);
      IpcFixture.fill(texts, "some text");
      texts.getOffsetBuffer().setInt(0, offsets[0]);
      texts.getOffsetBuffer().setInt(4, 9);
      Path file = folder.resolve("offsets " + offsets[1]);
      fixture.write(file, true, CodecType.NO_COMPRESSION, 1, texts);
      byte[] bytes = Files.readAllBytes(file);
      int place = lastIndexOf(bytes, offsets[0], 9);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(place + 4, offsets[1]);
      Files.write(file, bytes);

      AdeptException e = assertThrows(AdeptException.class, () -> read(file));

      assertTrue(e.getMessage().contains("of column 'text' is " + offsets[1]), e.getMessage());
    }
  }

  /** Where two numbers stand side by side for the last time. */
  private static int lastIndexOf(byte[] bytes, int first, int second) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = bytes.length - 8;
    while (buffer.getInt(at) != first || buffer.getInt(at + 4) != second) {
      at -= 4;
    }
    return at;
  }

  @Test
  void aTextOfADictionaryThatHasItNotIsRefused() throws IOException {
    Path file = folder.resolve("dictionary");
    fixture.write(file, false, CodecType.NO_COMPRESSION, 1, category(7));

    AdeptException e = assertThrows(AdeptException.class, () -> read(file));

    assertTrue(e.getMessage().contains("is word 7 of a dictionary of 2"), e.getMessage());
  }

  @Test
  void batchesWithoutRowsAndFilesWithoutBatchesAreEmpty() throws IOException {
    Path batches = folder.resolve("batches");
    FieldVector texts = new VarCharVector("text", fixture.allocator);
    IpcFixture.fill(texts);
    fixture.write(batches, false, CodecType.LZ4_FRAME, 3, texts);
    Path none = folder.resolve("none");
    fixture.writeEmpty(none, true, Field.nullable("text", ArrowType.Utf8.INSTANCE));

    assertEquals(0, read(batches));
    assertEquals(0, read(none));
  }

  @Test
  void aRecordBatchThatDoesNotFitIntoMemorySaysSo() throws IOException {
    Path file = folder.resolve("large");
    FieldVector texts = new VarCharVector("text", fixture.allocator);
    IpcFixture.fill(texts, new byte[65 << 20]);
    fixture.write(file, false, CodecType.NO_COMPRESSION, 1, texts);

    AdeptException e = assertThrows(AdeptException.class, () -> read(file));

    assertTrue(e.getMessage().contains("smaller record batches"), e.getMessage());
  }

  @Test
  void twoColumnsOfOneNameAreRefused() throws IOException {
    Path file = folder.resolve("twice");
    fixture.writeEmpty(file, false, Field.nullable("a", INT8), Field.nullable("a", INT8));

    AdeptException e = assertThrows(AdeptException.class, () -> read(file));

    assertTrue(e.getMessage().contains("two columns named 'a'"), e.getMessage());
  }

  private Path table(boolean stream, CodecType codec) {
    Path file = folder.resolve("table " + stream);
    FieldVector texts = Field.nullable("text", ArrowType.Utf8.INSTANCE).createVector(allocator());
    IpcFixture.fill(texts, "first", null, "a text of more than twelve bytes");
    FieldVector views =
        Field.nullable("view", ArrowType.Utf8View.INSTANCE).createVector(allocator());
    IpcFixture.fill(views, "a text of more than twelve bytes", null, "short");
    FieldVector lists =
        new Field(
                "list",
                FieldType.nullable(ArrowType.LargeList.INSTANCE),
                List.of(Field.nullable("x", ArrowType.LargeUtf8.INSTANCE)))
            .createVector(allocator());
    IpcFixture.fill(lists, List.of("a", "b"), null, List.of("c"));
    FieldVector numbers =
        Field.nullable("number", new ArrowType.Int(64, false)).createVector(allocator());
    IpcFixture.fill(numbers, 1, 2, 3);
    fixture.write(file, stream, codec, 2, texts, views, lists, numbers, category(1, null, 0));
    return file;
  }

  private BufferAllocator allocator() {
    return fixture.allocator;
  }

  private FieldVector category(Object... indices) {
    DictionaryEncoding encoding = new DictionaryEncoding(1, false, (ArrowType.Int) INT8);
    if (fixture.dictionaries.lookup(1) == null) {
      VarCharVector words = new VarCharVector("words", fixture.allocator);
      IpcFixture.fill(words, "red", "green");
      fixture.dictionaries.put(new Dictionary(words, encoding));
    }
    FieldVector vector =
        new Field("category", new FieldType(true, INT8, encoding), null)
            .createVector(fixture.allocator);
    IpcFixture.fill(vector, indices);
    return vector;
  }

  private int read(Path path) throws IOException {
    return IpcReading.read(path, allocator);
  }
}
