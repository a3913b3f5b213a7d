/**
 * Batch functions in Spark's query plans. A call in a query is an {@link
 * org.sparkadept.udfs.plan.ArrowCall}; {@link org.sparkadept.udfs.plan.ExtractArrowCalls} moves it
 * into a logical operator {@link org.sparkadept.udfs.plan.ArrowEval} below its user, before
 * anything can double it; {@link org.sparkadept.udfs.plan.OptimizeArrowEval} pushes filters and
 * limits below that and drops what nobody reads; {@link org.sparkadept.udfs.plan.ArrowEvalExec}
 * evaluates it, on columns where its child gives columns, else on rows.
 *
 * <p>Expressions and plans are Spark's own classes, extended from Java: what a Scala case class
 * would be given ({@code productElement}, {@code equals}) is written out.
 */
package org.sparkadept.udfs.plan;
