package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.result.ExitReadout;

/** The policy {@code none}: every row goes through all layers. */
public final class FullDepth implements ExitPolicy {
  @Override
  public boolean exits(ExitReadout readout) {
    return false;
  }

  @Override
  public boolean early() {
    return false;
  }
}
