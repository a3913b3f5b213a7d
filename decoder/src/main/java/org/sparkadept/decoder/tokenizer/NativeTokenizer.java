package org.sparkadept.decoder.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.sparkadept.decoder.error.AdeptException;

/**
 * One tokenizer on the native side.
 *
 * <p>DJL's public {@code HuggingFaceTokenizer} also copies types, words, masks, strings and spans
 * of every token into Java, which costs more than the tokens themselves, and asks the network for
 * the host's EC2 identity when it is made. Hence this class calls the public JNI methods
 * underneath. They work on the calling thread; the library's own threads only serve calls with many
 * texts.
 */
class NativeTokenizer implements AutoCloseable {

  private static final TokenizersLibrary LIBRARY = TokenizersLibrary.LIB;

  private final long handle;
  // Encoding shares the lock; closing takes it alone: no thread is left with a freed handle.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile boolean closed;

  /**
   * Loads a tokenizer. What the library does not expect in a file ends the process, so that {@link
   * TokenizerFile#load} checks it before.
   *
   * @param json content of a {@code tokenizer.json}, without padding and truncation
   * @throws RuntimeException if the library refuses it
   */
  NativeTokenizer(String json) {
    NativeLibrary.load();
    handle = LIBRARY.createTokenizerFromString(json);
  }

  /**
   * Token ids of {@code text} with the special tokens that the tokenizer adds.
   *
   * @throws AdeptException if the library cannot encode this text
   */
  long[] encode(String text) {
    return read(text, LIBRARY::getTokenIds);
  }

  /**
   * For every token of {@link #encode}: 1 when the tokenizer added it, 0 when it is of the text.
   */
  long[] specialTokenMask(String text) {
    return read(text, LIBRARY::getSpecialTokenMask);
  }

  /** The tokens that {@link #encode} numbers, as the tokenizer writes them. */
  String[] tokens(String text) {
    return read(text, LIBRARY::getTokens);
  }

  /**
   * @throws IllegalStateException after {@link #close()}
   */
  final void requireOpen() {
    if (closed) {
      throw new IllegalStateException("The tokenizer is closed.");
    }
  }

  private <T> T read(String text, EncodingReader<T> reader) {
    lock.readLock().lock();
    try {
      requireOpen();
      long encoding = encoding(text);
      try {
        return reader.read(encoding);
      } finally {
        LIBRARY.deleteEncoding(encoding);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  private long encoding(String text) {
    try {
      return LIBRARY.encode(handle, text, true);
    } catch (RuntimeException e) {
      throw new AdeptException("text cannot be tokenized (" + e.getMessage() + ")", e);
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        LIBRARY.deleteTokenizer(handle);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Copies one array out of a native encoding. */
  @FunctionalInterface
  private interface EncodingReader<T> {
    T read(long encoding);
  }
}
