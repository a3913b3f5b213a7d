/** Evaluation: how good and how cheap a model's answers are, on labelled rows. */
package org.sparkadept.pipeline.evaluate;
