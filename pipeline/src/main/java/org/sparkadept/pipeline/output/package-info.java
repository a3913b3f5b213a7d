/** Writing results so that what looks whole is whole. */
package org.sparkadept.pipeline.output;
