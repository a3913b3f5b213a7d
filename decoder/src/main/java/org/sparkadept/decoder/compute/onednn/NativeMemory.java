package org.sparkadept.decoder.compute.onednn;

/**
 * JavaCPP bounds memory outside the heap by the size of the heap, unless told otherwise when its
 * first class is initialized. Weights live outside the heap and may well be larger.
 */
final class NativeMemory {
  private NativeMemory() {}

  /**
   * Takes the bounds away, unless the user has set some. Every class of this package that
   * initializes one of JavaCPP's calls this before it does.
   */
  static void unbind() {
    defaultProperty("org.bytedeco.javacpp.maxBytes");
    defaultProperty("org.bytedeco.javacpp.maxPhysicalBytes");
  }

  private static void defaultProperty(String key) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, "0");
    }
  }
}
