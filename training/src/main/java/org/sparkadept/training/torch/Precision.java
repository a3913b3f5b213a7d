package org.sparkadept.training.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The number format of matrix products. Norms, softmax, losses, the residual stream, weights that
 * are updated and the optimizer's state are single precision always.
 */
public enum Precision {
  /** Single precision. */
  F32(6),
  /** The upper half of single precision: 8 bits of exponent, 7 of fraction. */
  BF16(15);

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** Instructions for products of BF16 numbers, as Linux names them. */
  private static final List<String> BF16_INSTRUCTIONS = List.of("avx512_bf16", "amx_bf16");

  private final int scalarType;

  Precision(int scalarType) {
    this.scalarType = scalarType;
  }

  /** PyTorch's number of the format ({@code c10::ScalarType}). */
  public int scalarType() {
    return scalarType;
  }

  /**
   * The format of a name: {@code bf16}, {@code f32}, or {@code auto} for BF16 where {@code
   * /proc/cpuinfo} names the processor's instructions {@code avx512_bf16} or {@code amx_bf16}, else
   * F32.
   *
   * @throws IllegalArgumentException if there is no such format
   */
  public static Precision of(String name) {
    return name.equals("auto") ? fastest() : valueOf(name.toUpperCase(Locale.ROOT));
  }

  private static Precision fastest() {
    try {
      for (String line : Files.readAllLines(CPU_INFO)) {
        if (line.startsWith("flags")) {
          List<String> flags = List.of(line.split("\\s+"));
          return BF16_INSTRUCTIONS.stream().anyMatch(flags::contains) ? BF16 : F32;
        }
      }
    } catch (IOException e) {
      return F32;
    }
    return F32;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
