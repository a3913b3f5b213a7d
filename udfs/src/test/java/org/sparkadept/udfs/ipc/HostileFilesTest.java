package org.sparkadept.udfs.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Struct_;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;

/** Files that were made to do harm: an error that names file, column and reason. */
class HostileFilesTest {
  private static final ArrowType INT8 = new ArrowType.Int(8, true);

  private final IpcFixture fixture = new IpcFixture();
  private final BufferAllocator allocator = new RootAllocator(64 << 20);
  @TempDir private Path folder;

  @AfterEach
  void everythingIsReleased() {
    fixture.close();
    allocator.close();
  }

  private BufferAllocator allocator() {
    return fixture.allocator;
  }

  private int read(Path path) throws IOException {
    return IpcReading.read(path, allocator);
  }

  @Test
  void wideBinariesThatClaimMoreThanThereIsAreRefused() throws IOException {
    // 8,192 bytes are 65,536 bits, which are none in 16 bits.
    FieldVector wide =
        Field.nullable("wide", new ArrowType.FixedSizeBinary(8192)).createVector(allocator());
    IpcFixture.fill(wide, new byte[8192]);
    Path file = folder.resolve("wide");
    fixture.write(file, true, CodecType.NO_COMPRESSION, 1, wide);
    assertEquals(1, read(file));
    byte[] bytes = Files.readAllBytes(file);
    int changed = 0;
    for (int at = 0; at + 24 < bytes.length; at += 8) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      // The length of the record batch, and that of its only field node.
      if (buffer.getLong(at) == 1 && at < bytes.length - 8192) {
        buffer.putLong(at, 1000);
        changed++;
      }
    }
    assertTrue(changed > 1, "a test of nothing");
    Files.write(file, bytes);

    AdeptException e = assertThrows(AdeptException.class, () -> read(file));

    assertTrue(e.getMessage().contains("'wide' claims 1000 values"), e.getMessage());
  }

  @Test
  void aColumnThatIsNestedTooDeepIsRefused() throws IOException {
    FlatBufferBuilder schema = new FlatBufferBuilder();
    int field = field(schema, "leaf", new int[0]);
    for (int depth = 0; depth < 3000; depth++) {
      field = field(schema, "deep", field);
    }
    Path file = Files.write(folder.resolve("deeply nested"), stream(schema, field));

    AdeptException e = assertThrows(AdeptException.class, () -> read(file));

    assertTrue(e.getMessage().contains("Column 'deep'"), e.getMessage());
    assertTrue(e.getMessage().contains("nested more than 100 deep"), e.getMessage());
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
  }

  @Test
  void columnsWithoutANameAreRefused() throws IOException {
    FlatBufferBuilder top = new FlatBufferBuilder();
    Path column = Files.write(folder.resolve("column"), stream(top, field(top, null)));
    FlatBufferBuilder inner = new FlatBufferBuilder();
    int child = field(inner, null);
    Path part = Files.write(folder.resolve("part"), stream(inner, field(inner, "outer", child)));

    AdeptException noColumn = assertThrows(AdeptException.class, () -> read(column));
    AdeptException noPart = assertThrows(AdeptException.class, () -> read(part));

    assertTrue(noColumn.getMessage().contains("column 1 has no name"), noColumn.getMessage());
    assertTrue(noPart.getMessage().contains("name in column 'outer'"), noPart.getMessage());
  }

  /** A struct with these children in a schema that is being built. */
  private static int field(FlatBufferBuilder schema, String name, int... children) {
    int text = name == null ? 0 : schema.createString(name);
    int list = org.apache.arrow.flatbuf.Field.createChildrenVector(schema, children);
    Struct_.startStruct_(schema);
    int type = Struct_.endStruct_(schema);
    return org.apache.arrow.flatbuf.Field.createField(
        schema, text, true, Type.Struct_, type, 0, list, 0);
  }

  /** A stream of a schema alone. */
  private static byte[] stream(FlatBufferBuilder schema, int field) {
    int fields = Schema.createFieldsVector(schema, new int[] {field});
    int header = Schema.createSchema(schema, Endianness.Little, fields, 0, 0);
    schema.finish(
        Message.createMessage(schema, MetadataVersion.V5, MessageHeader.Schema, header, 0, 0));
    byte[] metadata = schema.sizedByteArray();
    int padded = (metadata.length + 7) / 8 * 8;
    return ByteBuffer.allocate(8 + padded)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(-1)
        .putInt(padded)
        .put(metadata)
        .array();
  }

  @Test
  void decimalsWithMoreDigitsThanTheirTypeAreRefused() throws IOException {
    FieldVector decimals =
        Field.nullable("price", new ArrowType.Decimal(4, 2, 128)).createVector(allocator());
    IpcFixture.fill(decimals, "12.34", "0.01");
    decimals.getDataBuffer().setLong(16, 123_456);
    Path file = folder.resolve("decimals");
    fixture.write(file, false, CodecType.NO_COMPRESSION, 1, decimals);

    AdeptException e = assertThrows(AdeptException.class, () -> read(file));

    assertTrue(
        e.getMessage().contains("value 1 of column 'price' has more than the 4 digits"),
        e.getMessage());
  }

  @Test
  void mapsWithAKeyThatIsNullAreRefused() throws IOException {
    Field entries =
        new Field(
            "entries",
            FieldType.notNullable(ArrowType.Struct.INSTANCE),
            List.of(
                Field.notNullable("key", ArrowType.Utf8.INSTANCE), Field.nullable("value", INT8)));
    MapVector map =
        (MapVector)
            new Field("tags", FieldType.nullable(new ArrowType.Map(false)), List.of(entries))
                .createVector(allocator());
    map.allocateNew();
    StructVector struct = (StructVector) map.getDataVector();
    map.startNewValue(0);
    struct.setIndexDefined(0);
    struct.setValueCount(1);
    map.endValue(0, 1);
    map.setValueCount(1);
    Path file = folder.resolve("map");
    fixture.write(file, true, CodecType.NO_COMPRESSION, 1, map);

    AdeptException e = assertThrows(AdeptException.class, () -> read(file));

    assertTrue(
        e.getMessage().contains("the map in row 0 of column 'tags' has a key that is NULL"),
        e.getMessage());
  }

  @Test
  void fewBytesThatClaimToHoldManyAreRefused() throws IOException {
    FieldVector numbers =
        Field.nullable("number", new ArrowType.Int(64, true)).createVector(allocator());
    Object[] zeros = new Object[20_000];
    Arrays.fill(zeros, 0);
    IpcFixture.fill(numbers, zeros);
    Path file = folder.resolve("bomb");
    fixture.write(file, true, CodecType.ZSTD, 1, numbers);
    assertEquals(20_000, read(file));
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = bytes.length - 8;
    while (buffer.getLong(at) != 8L * zeros.length) {
      at -= 8;
    }
    buffer.putLong(at, Integer.MAX_VALUE);
    Files.write(file, bytes);

    AdeptException e = assertThrows(AdeptException.class, () -> read(file));

    assertTrue(
        e.getMessage().contains("column 'number' claims to hold 2147483647"), e.getMessage());
    assertTrue(e.getMessage().contains("its values need 160000"), e.getMessage());
  }

  @Test
  void aDictionaryThatGrowsBeyondMemoryIsRefused() throws IOException {
    DictionaryEncoding encoding = new DictionaryEncoding(2, false, (ArrowType.Int) INT8);
    VarCharVector words = new VarCharVector("words", fixture.allocator);
    IpcFixture.fill(words, new byte[1 << 20]);
    fixture.dictionaries.put(new Dictionary(words, encoding));
    FieldVector indices =
        new Field("category", new FieldType(true, INT8, encoding), null)
            .createVector(fixture.allocator);
    Object[] zeros = new Object[1000];
    Arrays.fill(zeros, 0);
    IpcFixture.fill(indices, zeros);
    Path file = folder.resolve("dictionary bomb");
    fixture.write(file, false, CodecType.ZSTD, 1, indices);

    AdeptException e = assertThrows(AdeptException.class, () -> read(file));

    assertTrue(e.getMessage().contains("Column 'category' of a record batch"), e.getMessage());
    assertTrue(e.getMessage().contains("dictionary bomb"), e.getMessage());
  }
}
