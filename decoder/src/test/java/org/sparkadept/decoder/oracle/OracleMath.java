package org.sparkadept.decoder.oracle;

/** The few functions that the models are made of, on single vectors. */
final class OracleMath {

  private OracleMath() {}

  /** torch.nn.Linear: y = W x + b, W [out, in] row by row; b may be null. */
  static double[] linear(double[] weight, double[] bias, double[] x) {
    int in = x.length;
    double[] y = new double[weight.length / in];
    for (int o = 0; o < y.length; o++) {
      double sum = bias == null ? 0 : bias[o];
      for (int i = 0; i < in; i++) {
        sum += weight[o * in + i] * x[i];
      }
      y[o] = sum;
    }
    return y;
  }

  /** transformers' Conv1D: y = x W + b, W [in, out] row by row. */
  static double[] conv1d(double[] weight, double[] bias, double[] x) {
    int out = bias.length;
    double[] y = bias.clone();
    for (int i = 0; i < x.length; i++) {
      for (int o = 0; o < out; o++) {
        y[o] += x[i] * weight[i * out + o];
      }
    }
    return y;
  }

  /** x / sqrt(mean(x²) + eps) · w. */
  static double[] rmsNorm(double[] weight, double eps, double[] x) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / Math.sqrt(squares / x.length + eps) * weight[i];
    }
    return y;
  }

  /** (x − mean) / sqrt(var + eps) · w + b, with the variance over n. */
  static double[] layerNorm(double[] weight, double[] bias, double eps, double[] x) {
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double variance = 0;
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(variance + eps) * weight[i] + bias[i];
    }
    return y;
  }

  static void softmax(double[] scores) {
    double top = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      top = Math.max(top, score);
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Math.exp(scores[i] - top);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  /** transformers.activations.ACT2FN, those that decoders name. */
  static double activation(String name, double x) {
    return switch (name) {
      case "silu", "swish" -> x / (1 + Math.exp(-x));
      case "relu" -> Math.max(0, x);
      case "gelu" -> x * 0.5 * (1 + erf(x / Math.sqrt(2)));
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" ->
          0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      default -> throw new IllegalArgumentException("The oracle has no activation " + name + ".");
    };
  }

  /** erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·5…(2n+1)); all terms have one sign. */
  static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x); // within 1e-16
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  /** a + b. */
  static double[] add(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }
}
