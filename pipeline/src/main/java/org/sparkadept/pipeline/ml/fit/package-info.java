/**
 * The fit of ADEPT's parts for a frozen backbone, on the cluster: exit heads and policies by
 * MLlib's logistic regression, the hidden state mapper by ridge regression over distributed sums.
 * {@link org.sparkadept.pipeline.ml.fit.AdeptFit} has the order of the passes.
 */
package org.sparkadept.pipeline.ml.fit;
