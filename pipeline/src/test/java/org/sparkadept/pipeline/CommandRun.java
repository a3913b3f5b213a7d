package org.sparkadept.pipeline;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.pipeline.cli.AdeptCommand;

/**
 * A command that ran in this JVM.
 *
 * @param code its exit code
 * @param out what it printed
 * @param err what it printed to standard error
 */
public record CommandRun(int code, String out, String err) {

  /** Runs a command. */
  public static CommandRun of(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> texts = new ArrayList<>();
    for (Object arg : args) {
      texts.add(arg.toString());
    }
    int code =
        AdeptCommand.commandLine(new PrintWriter(out), new PrintWriter(err))
            .execute(texts.toArray(new String[0]));
    return new CommandRun(code, out.toString(), err.toString());
  }
}
