package org.sparkadept.udfs;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.PackageMap;

class PackageMapTest {
  @Test
  void packagesUseOnlyThoseAboveThemInTheMap() throws IOException {
    PackageMap.check("org.sparkadept.udfs");
  }
}
