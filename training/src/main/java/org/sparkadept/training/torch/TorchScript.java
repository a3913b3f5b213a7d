package org.sparkadept.training.torch;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A program in TorchScript, whose methods take and give arrays and can be differentiated. DJL's own
 * operations lack the number format BF16 and cost a call from Java each; a method is one call.
 *
 * <p>PyTorch reads programs from the archive that its {@code torch.jit.save} writes. This class
 * writes such an archive: a zip of the source text and of a pickled object without data.
 */
public final class TorchScript implements AutoCloseable {
  private static final String NAME = "program";

  /** The file format, the oldest that needs no conversion of operators. */
  private static final String VERSION = "10\n";

  /** Pickle, protocol 2: an object of the class {@code __torch__.Program}, training = true. */
  private static final String OBJECT =
      "\u0080\u0002c__torch__\nProgram\n)\u0081}(X\b\0\0\0training\u0088ub.";

  /** Pickle, protocol 2: the empty tuple. */
  private static final String NO_CONSTANTS = "\u0080\u0002).";

  private final Model model;
  private final Block block;
  private final ParameterStore store;

  /**
   * Compiles a program.
   *
   * @param engine a PyTorch engine
   * @param source a class {@code Program(Module)} with one attribute {@code training}
   * @throws IllegalArgumentException if PyTorch does not take the source
   */
  public TorchScript(Engine engine, String source) {
    model = engine.newModel(NAME, Device.cpu());
    try {
      model.load(new ByteArrayInputStream(archive(source)));
    } catch (MalformedModelException | EngineException e) {
      model.close();
      throw new IllegalArgumentException("PyTorch does not take the program", e);
    } catch (IOException e) {
      model.close();
      throw new UncheckedIOException(e);
    }
    block = model.getBlock();
    store = new ParameterStore(model.getNDManager(), false);
  }

  private static byte[] archive(String source) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      entry(zip, "data.pkl", OBJECT, StandardCharsets.ISO_8859_1);
      entry(zip, "code/__torch__.py", source, StandardCharsets.UTF_8);
      entry(zip, "constants.pkl", NO_CONSTANTS, StandardCharsets.ISO_8859_1);
      entry(zip, "version", VERSION, StandardCharsets.UTF_8);
    }
    return bytes.toByteArray();
  }

  private static void entry(ZipOutputStream zip, String name, String text, Charset charset)
      throws IOException {
    zip.putNextEntry(new ZipEntry(NAME + "/" + name));
    zip.write(text.getBytes(charset));
    zip.closeEntry();
  }

  /**
   * Runs a method.
   *
   * @param scope owns the result
   * @param training value of the attribute {@code training}; without it nothing can be
   *     differentiated
   * @param method name of the method
   * @param named its last argument, a dictionary; the method has none where this is empty
   * @param arguments its other arguments
   */
  public NDArray run(
      NDManager scope,
      boolean training,
      String method,
      Map<String, NDArray> named,
      NDArray... arguments) {
    NDList inputs = new NDList();
    // DJL takes the method's name from the name of an array, which is not passed on.
    NDArray marker = scope.create(0);
    marker.setName("module_method:" + method);
    inputs.add(marker);
    for (NDArray argument : arguments) {
      argument.setName(null);
      inputs.add(argument);
    }
    named.forEach(
        (name, array) -> {
          array.setName("named." + name);
          inputs.add(array);
        });
    NDArray result = block.forward(store, inputs, training).singletonOrThrow();
    marker.close();
    return result;
  }

  @Override
  public void close() {
    model.close();
  }
}
