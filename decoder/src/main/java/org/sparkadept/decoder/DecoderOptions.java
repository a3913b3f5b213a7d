package org.sparkadept.decoder;

import java.io.Serializable;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitOptions;

/**
 * How a {@link Decoder} runs.
 *
 * @param backend compute backend: {@code auto}, {@code tornadovm} (GPU), {@code cpu} (oneDNN) or
 *     {@code reference} (plain Java)
 * @param device which GPU, and how much of it
 * @param maxTokens longest row in tokens, special tokens included; longer rows are cut and flagged;
 *     0 means the smaller of {@value #DEFAULT_MAX_TOKENS} and the model's positions
 * @param exit when rows and tokens leave early
 * @param microBatchTokens tokens that run through a segment of layers together
 * @param waveTokens tokens that are alive at once in a session; survivors are merged within a wave
 */
public record DecoderOptions(
    String backend,
    DeviceOptions device,
    int maxTokens,
    ExitOptions exit,
    int microBatchTokens,
    int waveTokens)
    implements Serializable {

  /** Default bound on the tokens of a row. */
  public static final int DEFAULT_MAX_TOKENS = 512;

  private static final long serialVersionUID = 3L;

  /**
   * @throws AdeptException if a value is out of its range
   */
  public DecoderOptions {
    require(maxTokens >= 0, "maxTokens must be 0 (the model's own bound) or positive", maxTokens);
    require(microBatchTokens > 0, "microBatchTokens must be positive", microBatchTokens);
    require(
        waveTokens >= microBatchTokens,
        "waveTokens must not be smaller than microBatchTokens (" + microBatchTokens + ")",
        waveTokens);
  }

  /** What a user gets who says nothing. */
  public static DecoderOptions defaults() {
    return new DecoderOptions(
        "auto", DeviceOptions.defaults(), 0, ExitOptions.defaults(), 2048, 65536);
  }

  /** The same with another compute backend. */
  public DecoderOptions withBackend(String value) {
    return new DecoderOptions(value, device, maxTokens, exit, microBatchTokens, waveTokens);
  }

  /** The same on another device. */
  public DecoderOptions withDevice(DeviceOptions value) {
    return new DecoderOptions(backend, value, maxTokens, exit, microBatchTokens, waveTokens);
  }

  /** The same with another bound on the tokens of a row. */
  public DecoderOptions withMaxTokens(int value) {
    return new DecoderOptions(backend, device, value, exit, microBatchTokens, waveTokens);
  }

  /** The same with other exit settings. */
  public DecoderOptions withExit(ExitOptions value) {
    return new DecoderOptions(backend, device, maxTokens, value, microBatchTokens, waveTokens);
  }

  /** The same with another exit policy and threshold; NaN keeps the model's threshold. */
  public DecoderOptions withPolicy(String kind, float tau) {
    return withExit(exit.withPolicy(kind, tau));
  }

  /** The same with other batch bounds, in tokens. */
  public DecoderOptions withBatching(int microBatch, int wave) {
    return new DecoderOptions(backend, device, maxTokens, exit, microBatch, wave);
  }

  private static void require(boolean holds, String rule, Object found) {
    if (!holds) {
      throw new AdeptException(rule + ", but is " + found + ".");
    }
  }
}
