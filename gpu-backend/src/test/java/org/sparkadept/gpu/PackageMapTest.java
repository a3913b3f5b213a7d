package org.sparkadept.gpu;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.PackageMap;

class PackageMapTest {
  @Test
  void packagesUseOnlyThoseAboveThemInTheMap() throws IOException {
    PackageMap.check("org.sparkadept.gpu");
  }
}
