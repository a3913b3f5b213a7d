package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.body;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.head;
import static j2html.TagCreator.main;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.style;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.th;
import static j2html.TagCreator.title;
import static j2html.TagCreator.tr;

import j2html.Config;
import j2html.TagCreator;
import j2html.rendering.FlatHtml;
import j2html.tags.DomContent;
import j2html.utils.EscapeUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.error.PrintableText;
import org.sparkadept.pipeline.report.data.Abstention;
import org.sparkadept.pipeline.report.data.Calibration;
import org.sparkadept.pipeline.report.data.Evaluation;
import org.sparkadept.pipeline.report.data.Explanation;
import org.sparkadept.pipeline.report.data.Fit;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.pipeline.report.data.Report;
import org.sparkadept.pipeline.report.data.Tuning;

/**
 * A report as one page: a title, a table of facts, and sections of paragraphs, tables and figures.
 * It needs no other file and loads none, holds no script, and is XML as well as HTML.
 */
public final class HtmlReport {
  private static final int FACT_LIMIT = 120;
  private static final String STYLE_SHEET = "report.css";

  /** Escapes texts and attributes, and replaces what XML cannot hold. */
  private static final Config XML =
      Config.defaults()
          .withEmptyTagsClosed(true)
          .withTextEscaper(text -> EscapeUtil.escape(PrintableText.lines(text)));

  private final String title;
  private final List<DomContent> facts = new ArrayList<>();
  private final List<DomContent> sections = new ArrayList<>();

  /**
   * @param title the page's heading
   */
  HtmlReport(String title) {
    this.title = title;
  }

  /** The page of a report. */
  public static String of(Report report) {
    HtmlReport page;
    if (report instanceof Evaluation evaluation) {
      page = EvaluationPage.of(evaluation);
    } else if (report instanceof Calibration calibration) {
      page = CalibrationPage.of(calibration);
    } else if (report instanceof Abstention abstention) {
      page = AbstentionPage.of(abstention);
    } else if (report instanceof Fit fit) {
      page = FitPage.of(fit);
    } else if (report instanceof Tuning tuning) {
      page = TuningPage.of(tuning);
    } else {
      page = ExplanationPage.of((Explanation) report);
    }
    return page.render();
  }

  /** Adds a line to the table at the top. */
  HtmlReport fact(String name, Cell value) {
    facts.add(tr(th(name).attr("scope", "row"), value.element("td")));
    return this;
  }

  /** Adds a line to the table at the top: a text of any length. */
  HtmlReport fact(String name, String value) {
    return fact(name, Cell.text(value, FACT_LIMIT));
  }

  /** Adds where the numbers come from. */
  HtmlReport provenance(Provenance provenance) {
    return fact("Model", provenance.model())
        .fact("Data", provenance.data())
        .fact("Started", provenance.started())
        .fact("spark-adept", provenance.version());
  }

  /** Adds sections. */
  HtmlReport with(DomContent... more) {
    for (DomContent section : more) {
      sections.add(TagCreator.text("\n"));
      sections.add(section);
    }
    return this;
  }

  /** The page as text. */
  String render() {
    DomContent page =
        TagCreator.html(
                head(
                    TagCreator.meta().withCharset("utf-8"),
                    TagCreator.meta()
                        .attr("http-equiv", "Content-Security-Policy")
                        .withContent("default-src 'none'; style-src 'unsafe-inline'"),
                    meta("viewport", "width=device-width, initial-scale=1"),
                    meta("color-scheme", "light dark"),
                    title(title),
                    style(rawHtml("\n" + styleSheet()))),
                body(
                    main(
                        h1(title),
                        table(tbody().with(facts)).withClass("facts"),
                        TagCreator.each(sections.stream()))))
            .withLang("en")
            .attr("xmlns", "http://www.w3.org/1999/xhtml");
    try {
      StringBuilder out = new StringBuilder("<!DOCTYPE html>\n");
      page.render(FlatHtml.into(out, XML));
      return out.append('\n').toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DomContent meta(String name, String content) {
    return TagCreator.meta().withName(name).withContent(content);
  }

  private static String styleSheet() {
    try (InputStream in = HtmlReport.class.getResourceAsStream(STYLE_SHEET)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
