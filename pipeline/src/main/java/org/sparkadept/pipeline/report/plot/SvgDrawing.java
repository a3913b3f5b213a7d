package org.sparkadept.pipeline.report.plot;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.sparkadept.decoder.error.PrintableText;
import org.w3c.dom.DOMImplementation;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * One SVG element. Batik turns what is drawn with Java2D into its shapes; the letters that XChart
 * draws are outlines by then. Texts beside them are text of the element.
 */
final class SvgDrawing {
  private static final String NAMESPACE = "http://www.w3.org/2000/svg";
  private static final int DECIMALS = 2;

  private final Document document;
  private final SVGGeneratorContext context;
  private final SVGGraphics2D graphics;
  private final Element texts;

  /**
   * @param key tells this drawing from others in the same page, so that their ids differ; ids that
   *     are the same each time come from a key that is
   */
  SvgDrawing(String key) {
    document = document();
    context = SVGGeneratorContext.createDefault(document);
    context.setComment(null);
    context.setPrecision(DECIMALS);
    UUID name = UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8));
    context.setIDGenerator(
        new SVGIDGenerator() {
          @Override
          public String generateID(String kind) {
            return super.generateID(kind) + "-" + name;
          }
        });
    graphics = new SVGGraphics2D(context, true);
    texts = element("g");
    texts.setAttribute("stroke", "none");
    texts.setAttribute("text-anchor", "end");
  }

  /** Draws shapes, in pixels. */
  SVGGraphics2D graphics() {
    return graphics;
  }

  /**
   * Adds a text that ends at a point, rotated about it.
   *
   * @param x the point, in pixels
   * @param y the point, in pixels
   * @param degrees clockwise
   * @param size of the letters, in pixels
   */
  void textEndingAt(double x, double y, int degrees, int size, String text) {
    Element element = element("text");
    element.setAttribute("font-size", String.valueOf(size));
    String place = context.doubleString(x) + " " + context.doubleString(y);
    element.setAttribute("transform", "translate(" + place + ") rotate(" + degrees + ")");
    element.setTextContent(PrintableText.lines(text));
    texts.appendChild(element);
  }

  /**
   * The element with all that was drawn.
   *
   * @param description the drawing in a sentence, for screen readers
   */
  String markup(int width, int height, String description) {
    Element root = graphics.getRoot();
    root.setAttribute("role", "img");
    root.setAttribute("width", String.valueOf(width));
    root.setAttribute("height", String.valueOf(height));
    root.setAttribute("viewBox", "0 0 " + width + " " + height);
    root.setAttribute("font-family", "system-ui, sans-serif");
    dropUnusedIds(root);
    Element title = element("title");
    title.setTextContent(PrintableText.lines(description));
    root.insertBefore(title, root.getFirstChild());
    root.appendChild(texts);
    return serialized(root);
  }

  /** Batik names its lists of definitions, the same in every drawing; nothing refers to them. */
  private static void dropUnusedIds(Element root) {
    NodeList definitions = root.getElementsByTagNameNS(NAMESPACE, "defs");
    for (int i = 0; i < definitions.getLength(); i++) {
      ((Element) definitions.item(i)).removeAttribute("id");
    }
  }

  private Element element(String tag) {
    return document.createElementNS(NAMESPACE, tag);
  }

  /** The JDK's own, whatever else is on the class path: the same bytes everywhere. */
  private static Document document() {
    try {
      DOMImplementation implementation =
          DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().getDOMImplementation();
      return implementation.createDocument(NAMESPACE, "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("The JDK cannot make an XML document.", e);
    }
  }

  private static String serialized(Element root) {
    try {
      Transformer transformer = TransformerFactory.newDefaultInstance().newTransformer();
      transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
      StringWriter out = new StringWriter();
      transformer.transform(new DOMSource(root), new StreamResult(out));
      return out.toString();
    } catch (TransformerException e) {
      throw new IllegalStateException("The JDK cannot write an XML document.", e);
    }
  }
}
