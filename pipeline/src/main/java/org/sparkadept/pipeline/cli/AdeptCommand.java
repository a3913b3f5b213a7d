package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.report.data.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command line. */
@Command(
    name = "adept",
    header = "Text classification of large tables with early-exit decoders, inside Spark.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = AdeptCommand.Versions.class,
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    abbreviateSynopsis = true,
    usageHelpAutoWidth = true,
    footer = ExitCode.HELP)
public final class AdeptCommand implements Runnable {
  @Spec private CommandSpec spec;

  /**
   * The command line, ready to execute.
   *
   * @param out standard output
   * @param err standard error
   */
  public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine commandLine = new CommandLine(new AdeptCommand());
    commandLine.addSubcommand(new ClassifyCommand());
    commandLine.addSubcommand(new TuneCommand());
    commandLine.addSubcommand(new FitCommand());
    commandLine.addSubcommand(new DemoCommand());
    commandLine.addSubcommand(new InspectCommand());
    commandLine.addSubcommand(new EvaluateCommand());
    commandLine.addSubcommand(new CalibrateCommand());
    commandLine.addSubcommand(new ExplainCommand());
    commandLine.addSubcommand(new SqlCommand());
    commandLine.setOut(out);
    commandLine.setErr(err);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    FailureHandler handler = new FailureHandler();
    commandLine.setExecutionStrategy(handler);
    commandLine.setExecutionExceptionHandler(handler);
    commandLine.setParameterExceptionHandler(handler);
    return commandLine;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "A command is missing: classify, fit, evaluate, …; --help lists them all.");
  }

  /** What {@code --version} prints. */
  static final class Versions implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "adept " + Version.get(),
        "built for Spark " + Version.spark(),
        "Java ${java.version}, ${os.name} ${os.arch}"
      };
    }
  }
}
