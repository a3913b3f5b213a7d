/** Writing results and models so that they appear whole or not at all. */
package org.sparkadept.pipeline.output;
