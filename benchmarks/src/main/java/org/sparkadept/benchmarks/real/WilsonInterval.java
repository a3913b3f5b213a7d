package org.sparkadept.benchmarks.real;

/**
 * The score interval of a share of rows at 95 % confidence (Wilson, "Probable inference, the law of
 * succession, and statistical inference", 1927).
 *
 * @param low its lower end
 * @param high its upper end
 */
record WilsonInterval(double low, double high) {
  private static final double Z = 1.959963984540054;

  /**
   * @param share that was found
   * @param rows that it was found on
   */
  static WilsonInterval of(double share, long rows) {
    double square = Z * Z / rows;
    double middle = (share + square / 2) / (1 + square);
    double half = Z * Math.sqrt(share * (1 - share) / rows + square / (4 * rows)) / (1 + square);
    return new WilsonInterval(middle - half, middle + half);
  }
}
