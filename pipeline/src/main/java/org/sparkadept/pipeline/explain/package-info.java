/**
 * Explanations of single answers: what each exit reads out, and after which layer each token left.
 */
package org.sparkadept.pipeline.explain;
