package org.sparkadept.decoder.adapter;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.sparkadept.decoder.format.JsonObject;

/**
 * A choice of a model's modules as PEFT writes it: a list of names, each the end of a module's path
 * ({@code q_proj}), or a regular expression for the whole path.
 *
 * @param expression null where it is a list
 * @param names empty where it is an expression
 */
record ModuleNames(Pattern expression, List<String> names) {
  private static final String ALL_LINEAR = "all-linear";

  /**
   * @throws org.sparkadept.decoder.error.CheckpointException if the key is absent or neither
   */
  static ModuleNames read(JsonObject json, String key) {
    if (!json.isText(key)) {
      return new ModuleNames(null, json.texts(key));
    }
    String text = json.text(key);
    try {
      return new ModuleNames(Pattern.compile(text.equals(ALL_LINEAR) ? ".*" : text), List.of());
    } catch (PatternSyntaxException e) {
      throw json.wrong(
          key,
          "is no regular expression that can be read ("
              + e.getDescription()
              + "); write the names of the modules as a list");
    }
  }

  /** Whether a module, by its path in the model, is meant. */
  boolean matches(String module) {
    return expression == null
        ? names.stream().anyMatch(name -> module.equals(name) || module.endsWith("." + name))
        : expression.matcher(module).matches();
  }
}
