/**
 * The fit of ADEPT's parts for a frozen backbone: states and sums on the cluster; from them, exit
 * heads by logistic regression, the hidden state mapper by ridge regression, policies by MLlib's
 * logistic regression. {@link org.sparkadept.pipeline.ml.fit.AdeptFit} has the order of the passes.
 */
package org.sparkadept.pipeline.ml.fit;
