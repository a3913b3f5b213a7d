/**
 * Batch functions in Spark's query plans: the extension that Spark loads, and functions for users.
 * A call in a query is a {@code logical.ArrowCall}; {@code rules.ExtractArrowCalls} moves it into a
 * {@code logical.ArrowEval} below its user, {@code rules.OptimizeArrowEval} pushes filters and
 * limits below that and drops unused columns, and {@code physical.ArrowEvalExec} evaluates it.
 */
package org.sparkadept.udfs.plan;
