/** Explanations of single answers: what each exit says, and where the tokens left. */
package org.sparkadept.pipeline.explain;
