package org.sparkadept.pipeline.report.plot;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.pipeline.failure.Messages;

/**
 * Fonts of the axes. Java draws no letter on a machine without any font or without the library that
 * reads them, which slim container images lack; a report is then written without its plots.
 */
final class Fonts {
  /** Why a plot is not there. */
  static final String ABSENT =
      "This plot is left out: Java found no fonts on the machine that wrote the report. Install"
          + " fontconfig and a font, for instance DejaVu. The tables hold the numbers.";

  static final Font TICKS = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  static final Font TITLES = new Font(Font.SANS_SERIF, Font.PLAIN, 14);

  private static final Logger LOG = LoggerFactory.getLogger(Fonts.class);
  private static final boolean AVAILABLE = probe(TICKS);

  private Fonts() {}

  /** Whether letters can be drawn; if not, why not is in the log. */
  static boolean available() {
    return AVAILABLE;
  }

  /** Lays out a letter; the ways in which that fails differ between Java's builds. */
  private static boolean probe(Font font) {
    try {
      return new TextLayout("0", font, new FontRenderContext(null, true, true)).getAdvance() > 0;
    } catch (LinkageError | InternalError | RuntimeException e) {
      LOG.warn(
          "No plots in the reports, as Java cannot use fonts on this machine: {}",
          Messages.rootCause(e));
      return false;
    }
  }
}
