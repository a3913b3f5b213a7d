package org.sparkadept.pipeline.report.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One exit policy at one threshold.
 *
 * @param policy name of the policy
 * @param threshold τ; a larger one exits later
 * @param compute FLOPs as a share of full depth's
 * @param accuracy share of rows with the true label
 * @param agreement share of rows with full depth's label
 * @param meanExitLayer mean over the rows of the layer that answered
 */
public record FrontierPoint(
    String policy,
    double threshold,
    double compute,
    double accuracy,
    double agreement,
    double meanExitLayer) {

  /** The points of each policy, by compute; the policies in the order of their first points. */
  public static Map<String, List<FrontierPoint>> byPolicy(List<FrontierPoint> points) {
    Map<String, List<FrontierPoint>> policies = new LinkedHashMap<>();
    for (FrontierPoint point : points) {
      policies.computeIfAbsent(point.policy, policy -> new ArrayList<>()).add(point);
    }
    policies.values().forEach(p -> p.sort(Comparator.comparingDouble(FrontierPoint::compute)));
    return policies;
  }

  /** The point with the least compute of those that agree with full depth often enough. */
  public static Optional<FrontierPoint> cheapest(List<FrontierPoint> points, double agreement) {
    return points.stream()
        .filter(point -> point.agreement >= agreement)
        .min(Comparator.comparingDouble(FrontierPoint::compute));
  }
}
