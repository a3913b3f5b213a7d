/**
 * The physical operator that evaluates calls of batch functions, on columnar batches where its
 * child gives these, else on rows.
 */
package org.sparkadept.udfs.plan.physical;
