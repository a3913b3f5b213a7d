/** Plots of reports: XChart draws them, Batik turns them into SVG. */
package org.sparkadept.pipeline.report.plot;
