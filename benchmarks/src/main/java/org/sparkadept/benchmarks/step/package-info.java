/** Steps of a long measurement, kept so that a killed one goes on where it was. */
package org.sparkadept.benchmarks.step;
