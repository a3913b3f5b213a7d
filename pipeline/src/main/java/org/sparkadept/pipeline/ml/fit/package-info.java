/**
 * The fit of ADEPT's parts for a frozen backbone, on the cluster: exit heads and the hidden state
 * mapper by ridge regression over distributed sums, policies by MLlib's logistic regression. {@link
 * org.sparkadept.pipeline.ml.fit.AdeptFit} has the order of the passes.
 */
package org.sparkadept.pipeline.ml.fit;
