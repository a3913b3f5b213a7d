package org.sparkadept.benchmarks.pytorch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sparkadept.benchmarks.measure.LabelledTexts;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The engine beside PyTorch on the same device, with the device's roofline. */
@Command(
    name = "pytorch",
    description = {
      "Rows a second of the engine, with policy none and with ADEPT, beside PyTorch at full depth:",
      "the same weights and rows on the same device, tokenization left out on both sides, in turns",
      "(none, PyTorch, ADEPT, none, ...) after a warm-up; medians of the rounds' ratios. First the",
      "logits of all rows are compared, and the run fails where they differ. Beside it stands the",
      "device's roofline, measured by PyTorch. Writes results.json and a picture for each model."
    },
    mixinStandardHelpOptions = true)
public final class PyTorchBenchmark implements Callable<Integer> {
  private static final int MIN_ROUNDS = 3;
  private static final int MOST_THREADS = 8;

  @Option(
      names = "--sizes",
      split = ",",
      defaultValue = "8x256,12x576,24x1024",
      description =
          "Models of random weights, LAYERSxWIDTH (${DEFAULT-VALUE}); none where --model is given.")
  private List<String> sizes;

  @Option(names = "--rows", defaultValue = "2048", description = "Their rows (${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--tokens",
      defaultValue = "64",
      description = "Tokens of a row of middle length (${DEFAULT-VALUE}).")
  private int tokens;

  @Option(
      names = "--exit-share",
      defaultValue = "0.5",
      description = {
        "Random weights have learned no exits, so they are set: how many of the rows that come to",
        "an exit leave at it (${DEFAULT-VALUE}). There is an exit after every layer."
      })
  private double exitShare;

  @Option(names = "--seed", defaultValue = "1", description = "Of weights and rows.")
  private long seed;

  @Option(names = "--model", description = "A fitted model, with its own exits.")
  private Path model;

  @Option(names = "--texts", description = "Its rows: JSON lines with a field text.")
  private Path texts;

  @Option(names = "--limit", defaultValue = "2147483647", description = "Most of them to use.")
  private int limit;

  @Option(
      names = "--backend",
      defaultValue = ComputeBackends.TORNADOVM,
      description = "Compute backend (${DEFAULT-VALUE}).")
  private String backend;

  @Option(
      names = "--precisions",
      split = ",",
      description = "f32, f16. Default: both with the backend tornadovm, else f32.")
  private List<String> precisions;

  @Option(names = "--conf", description = "KEY=VALUE of the decoder's configuration.")
  private Map<String, String> conf = new LinkedHashMap<>();

  @Option(
      names = "--torch-device",
      description = "cuda or cpu. Default: cuda with the backend tornadovm, else cpu.")
  private String torchDevice;

  @Option(
      names = "--python",
      defaultValue = "${env:BENCHMARK_PYTHON:-python3}",
      description = "Python with PyTorch ($$BENCHMARK_PYTHON, else python3).")
  private String python;

  @Option(
      names = "--tf32",
      description = "Lets PyTorch's products in single precision take TF32; the engine's do not.")
  private boolean tf32;

  @Option(
      names = "--batch-tokens",
      defaultValue = "0",
      description = "Tokens of PyTorch's batches. Default: the fastest of several.")
  private int batchTokens;

  @Option(
      names = "--threads",
      description = {
        "Threads that call the engine at once, as Spark's tasks do, and threads of PyTorch on the",
        "CPU. Default: the cores, 8 at most."
      })
  private Integer threads;

  @Option(names = "--rounds", defaultValue = "5", description = "Rounds, at least 3.")
  private int rounds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description = "Seconds that each side runs before (${DEFAULT-VALUE}).")
  private double warmUp;

  @Option(
      names = "--turn",
      defaultValue = "1",
      description = "Seconds that a turn, and the search for each roof, last (${DEFAULT-VALUE}).")
  private double turn;

  @Option(
      names = "--output",
      required = true,
      description = "Folder for results, pictures, models of random weights and rows.")
  private Path output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    check();
    List<ModelSize> wanted =
        model == null ? sizes.stream().map(ModelSize::parse).toList() : List.of();
    wanted.forEach(RandomModel::requireHeap);
    List<Precision> formats = formats();
    String device = torchDevice == null ? onGpu("cuda", "cpu") : torchDevice;
    int cores = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    Settings settings =
        new Settings(
            backend,
            conf,
            backend.equals(ComputeBackends.TORNADOVM) && device.equals("cuda"),
            threads == null ? cores : threads,
            rounds,
            warmUp,
            turn,
            tf32,
            batchTokens);
    for (Precision format : formats) {
      ComputeBackends.choose(settings.conf(format).computeOptions());
    }
    Files.createDirectories(output);
    PrintWriter out = spec.commandLine().getOut();
    try (PyTorch pyTorch = new PyTorch(python, output, device, settings.threads())) {
      List<String> facts = facts(pyTorch, settings);
      out.print(String.join("\n", facts) + "\n");
      Roofs roofs = pyTorch.roofs(turn);
      out.print(ResultText.of(roofs));
      out.flush();
      List<Results> all = new ArrayList<>();
      if (model != null) {
        compare(fitted(), formats, settings, pyTorch, facts, roofs, all);
      }
      for (ModelSize size : wanted) {
        Workload workload = random(size, settings, formats);
        compare(workload, formats, settings, pyTorch, facts, roofs, all);
      }
    }
    out.printf("%nResults and pictures are in %s%n", output);
    out.flush();
    return 0;
  }

  private void check() {
    require(rounds >= MIN_ROUNDS, "--rounds must be at least 3.");
    require(rows > 0 && tokens > 0, "--rows and --tokens must be above 0.");
    require(exitShare > 0 && exitShare < 1, "--exit-share must lie between 0 and 1.");
    require((model == null) == (texts == null), "--model and --texts belong together.");
    require(
        !backend.equals(ComputeBackends.AUTO), "--backend names one: tornadovm, cpu or reference.");
    require(threads == null || threads > 0, "--threads must be above 0.");
    require(
        torchDevice == null || torchDevice.equals("cuda") || torchDevice.equals("cpu"),
        "--torch-device is cuda or cpu.");
  }

  private void require(boolean holds, String rule) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), rule);
    }
  }

  private List<Precision> formats() {
    List<String> names =
        precisions == null ? onGpu(List.of("f32", "f16"), List.of("f32")) : precisions;
    List<Precision> formats = names.stream().map(Settings::precision).toList();
    require(
        formats.stream().allMatch(format -> onGpu(true, format == Precision.F32)),
        "The backend '" + backend + "' computes in f32 only.");
    return formats;
  }

  private <T> T onGpu(T yes, T no) {
    return backend.equals(ComputeBackends.TORNADOVM) ? yes : no;
  }

  private List<String> facts(PyTorch pyTorch, Settings settings) {
    return List.of(
        String.format(
            "Engine: backend %s, configuration %s, %d threads, %d cores, Java %s",
            backend,
            conf,
            settings.threads(),
            Runtime.getRuntime().availableProcessors(),
            Runtime.version().feature()),
        String.format(
            "PyTorch: %s on %s, attention %s, TF32 %s",
            pyTorch.facts().get("version").asText(),
            pyTorch.facts().get("device").asText(),
            pyTorch.facts().get("attention").asText(),
            tf32 ? "allowed" : "not allowed"),
        String.format(
            Locale.ROOT,
            "%d rounds of turns of %.1f s, after %.1f s of warm-up each",
            rounds,
            turn,
            warmUp));
  }

  private Workload random(ModelSize size, Settings settings, List<Precision> formats)
      throws IOException {
    Path directory = Files.createDirectories(output.resolve("model-" + size));
    RandomModel.write(directory, size, seed);
    byte[][] drawn = RandomModel.rows(rows, tokens, seed);
    ComputeOptions compute = settings.conf(formats.get(0)).computeOptions();
    RandomExits.write(directory, size, drawn, exitShare, seed, compute);
    String exits =
        String.format(
            Locale.ROOT,
            "random weights, exits set so that %.0f %% of the rows at each exit leave",
            100 * exitShare);
    return Workload.of(size.toString(), exits, directory, drawn, output.resolve("rows-" + size));
  }

  private Workload fitted() throws IOException {
    byte[][] read = LabelledTexts.read(texts, "text", "label", limit).texts();
    String name = model.toAbsolutePath().normalize().getFileName().toString();
    String exits = "fitted exits, with the policy and threshold of adept.json";
    return Workload.of(name, exits, model, read, output.resolve("rows-" + name));
  }

  /**
   * One model in every precision. Results are written after each, because the next one may fail,
   * for instance where the device has no half precision.
   */
  private void compare(
      Workload workload,
      List<Precision> formats,
      Settings settings,
      PyTorch pyTorch,
      List<String> facts,
      Roofs roofs,
      List<Results> all)
      throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    List<Results> ofModel = new ArrayList<>();
    for (Precision format : formats) {
      Results result = new Comparison(workload, format, settings, pyTorch, roofs).run();
      out.print(ResultText.of(result));
      out.flush();
      ofModel.add(result);
      all.add(result);
      write(facts, roofs, all);
      draw(workload.name(), roofs, ofModel);
    }
  }

  /** Contents of {@code results.json}. */
  private record Report(List<String> facts, Roofs roofs, List<Results> results) {}

  private void write(List<String> facts, Roofs roofs, List<Results> results) throws IOException {
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.write(
        output.resolve("results.json"), json.writeValueAsBytes(new Report(facts, roofs, results)));
  }

  private void draw(String name, Roofs roofs, List<Results> results) throws IOException {
    Optional<String> undrawable = RooflinePicture.undrawable();
    if (undrawable.isPresent()) {
      spec.commandLine().getOut().println("There is no picture: " + undrawable.get());
    } else {
      new RooflinePicture(roofs, results).write(output.resolve("roofline-" + name + ".png"));
    }
  }
}
