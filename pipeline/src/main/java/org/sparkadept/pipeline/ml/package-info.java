/**
 * Fitting and using ADEPT as a stage of Spark MLlib: {@link
 * org.sparkadept.pipeline.ml.AdeptClassifier} makes an {@link
 * org.sparkadept.pipeline.ml.AdeptClassificationModel}.
 */
package org.sparkadept.pipeline.ml;
