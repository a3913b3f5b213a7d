/** The reports' plots: XChart draws them, and Batik turns what it draws into inline SVG. */
package org.sparkadept.pipeline.report.plot;
