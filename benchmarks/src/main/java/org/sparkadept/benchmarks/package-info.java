/** Measurements: each a subcommand of {@link org.sparkadept.benchmarks.Benchmarks}. */
package org.sparkadept.benchmarks;
