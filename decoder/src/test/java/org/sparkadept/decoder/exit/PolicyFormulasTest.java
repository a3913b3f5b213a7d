package org.sparkadept.decoder.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.result.ExitReadout;

class PolicyFormulasTest {
  private static ExitReadout readout(float probability, float entropy, int streak) {
    return ExitReadout.ofOne(1, 0, probability, probability - 0.1f, entropy, streak, 0.5f);
  }

  @Test
  void confidenceExitsFromItsThresholdOn() {
    ExitPolicy policy = BaselinePolicies.of(PolicyKind.CONFIDENCE, 0.8f, 8);
    assertTrue(policy.exits(readout(0.8f, 0, 1)));
    assertFalse(policy.exits(readout(0.79f, 0, 1)));
    assertFalse(policy.exits(readout(Float.NaN, 0, 1)));
  }

  @Test
  void entropyExitsDownFromOneMinusItsThreshold() {
    ExitPolicy policy = BaselinePolicies.of(PolicyKind.ENTROPY, 0.75f, 8);
    assertTrue(policy.exits(readout(0.5f, 0.25f, 1)));
    assertFalse(policy.exits(readout(0.5f, 0.26f, 1)));
    assertFalse(policy.exits(readout(0.5f, Float.NaN, 1)));
  }

  @Test
  void patienceIsAShareOfAllExits() {
    assertEquals(2, BaselinePolicies.patience(0.25f, 8));
    assertEquals(3, BaselinePolicies.patience(0.26f, 8));
    assertEquals(3, BaselinePolicies.patience(0.3f, 10));
    assertEquals(8, BaselinePolicies.patience(1, 8));
    assertEquals(1, BaselinePolicies.patience(0.001f, 8));
    assertTrue(BaselinePolicies.of(PolicyKind.PATIENCE, 0.375f, 8).exits(readout(0.5f, 1, 3)));
    assertFalse(BaselinePolicies.of(PolicyKind.PATIENCE, 0.375f, 8).exits(readout(0.5f, 1, 2)));
    assertFalse(
        BaselinePolicies.of(PolicyKind.PATIENCE, 0.125f, 8).exits(readout(Float.NaN, 1, 1)));
  }

  @Test
  void adeptWeighsTheStateAndTheReadout() {
    float[] weights = {2, -3, 4, 5};
    AdeptPolicy.Features features = AdeptPolicy.Features.PROBABILITIES;
    AdeptPolicy policy =
        new AdeptPolicy(
            Map.of(0, new AdeptPolicy.Weights(new float[] {7}, features, weights, -0.25f)), 0.9f);
    double alone = 0.5 + 2 * 0.6 - 3 * 0.5 + 4 * 0.3 - 0.25;
    assertEquals(sigmoid(alone), policy.value(readout(0.6f, 0.3f, 1)), 1e-6);
    assertEquals(sigmoid(alone + 5), policy.value(readout(0.6f, 0.3f, 2)), 1e-6);
    assertFalse(policy.exits(readout(0.6f, 0.3f, 1)));
    assertTrue(policy.exits(readout(0.6f, 0.3f, 2)));
    assertFalse(policy.exits(readout(Float.NaN, Float.NaN, 2)));
    assertEquals(7f, policy.stateWeights(0)[0]);
    assertNull(policy.stateWeights(1));
  }

  @Test
  void logOddsOfAnAnswer() {
    AdeptPolicy.Features features = AdeptPolicy.Features.LOG_ODDS;
    float[] found = features.of(ExitReadout.ofOne(1, 0, 0.8f, 0.6f, 0.5f, 2, 0));
    assertEquals(Math.log(0.8 / 0.2), found[0], 1e-6);
    assertEquals(Math.log(0.8 / 0.2), found[1], 1e-6);
    assertEquals(Math.log(0.5), found[2], 1e-6);
    assertEquals(1, found[3]);
    float[] certain = features.of(ExitReadout.ofOne(1, 0, 1, 1, 0, 1, 0));
    double largest = Math.log(1e5);
    assertEquals(largest, certain[0], 1e-5);
    assertEquals(largest, certain[1], 1e-5);
    assertEquals(-largest, certain[2], 1e-5);
    assertEquals(0, certain[3]);
    float[] broken = features.of(ExitReadout.ofOne(1, 0, Float.NaN, Float.NaN, Float.NaN, 1, 0));
    assertTrue(Float.isNaN(broken[0]));
  }

  @Test
  void tokenFeaturesAreLogarithmsAndACosine() {
    float[] before = {9, 3, 4};
    float[] after = {4, 3, 9};
    double[] features = new double[TokenFeatures.COUNT];
    double[] squares = {4, 0, Math.E * Math.E};
    TokenFeatures.fill(before, 1, after, 0, 2, squares, 0, features);
    assertEquals(Math.log(5), features[0], 1e-12);
    assertEquals(Math.log(2), features[1], 1e-12);
    assertEquals(Math.log(1e-12), features[2], 1e-12);
    assertEquals(1, features[3], 1e-12);
    assertEquals(24 / 25.0, features[4], 1e-12);
    assertEquals(Math.log(1e-6), features[5], 1e-12);
    TokenPolicy policy = new TokenPolicy(new float[] {0, 0, 0, 1, 0, 0}, 1);
    assertEquals(sigmoid(2), policy.value(features), 1e-6);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
