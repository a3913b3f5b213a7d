package org.sparkadept.pipeline.report.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.Color;
import org.junit.jupiter.api.Test;

class PaletteTest {
  @Test
  void theOrderedColoursGoFromLightToDark() {
    assertEquals("#fee838", Palette.hex(Palette.ordered(0)));
    assertEquals("#00224e", Palette.hex(Palette.ordered(1)));
    assertEquals("#00224e", Palette.hex(Palette.ordered(2)));
    assertEquals(0, Palette.position(0, 1));
  }

  @Test
  void inkIsReadableOnAnyColour() {
    assertEquals("#000000", Palette.inkOn(Palette.ordered(0)));
    assertEquals("#ffffff", Palette.inkOn(Palette.ordered(1)));
    assertEquals("#000000", Palette.inkOn(Color.WHITE));
  }
}
