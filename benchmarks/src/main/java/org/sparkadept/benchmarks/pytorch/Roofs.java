package org.sparkadept.benchmarks.pytorch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the device can do, as PyTorch measured it.
 *
 * @param bytesPerSecond of a copy within the device's memory, read and written
 * @param products the fastest square matrix product of each number format: {@code f32}, {@code
 *     tf32} and {@code f16}, those that there are
 */
record Roofs(double bytesPerSecond, Map<String, Product> products) {

  /**
   * @param size rows and columns
   * @param flopsPerSecond a multiply and an add being two
   */
  record Product(int size, double flopsPerSecond) {}

  static Roofs of(JsonNode measured) {
    Map<String, Product> products = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : measured.get("products").properties()) {
      JsonNode product = entry.getValue();
      products.put(
          entry.getKey(),
          new Product(product.get("size").asInt(), product.get("flops_per_second").asDouble()));
    }
    return new Roofs(measured.get("bytes_per_second").asDouble(), products);
  }

  /** Number format whose products are fastest. */
  String fastest() {
    return Collections.max(
            products.entrySet(),
            Comparator.comparingDouble(product -> product.getValue().flopsPerSecond()))
        .getKey();
  }

  /**
   * FLOP/s that the roof allows.
   *
   * @param format number format of the products
   * @param intensity FLOP a byte; may be infinite
   * @return NaN where the format's products could not be measured
   */
  double at(String format, double intensity) {
    Product product = products.get(format);
    return product == null
        ? Double.NaN
        : Math.min(product.flopsPerSecond, intensity * bytesPerSecond);
  }
}
