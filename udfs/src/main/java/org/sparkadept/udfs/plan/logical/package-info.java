/**
 * Calls of batch functions as expressions and logical operators of Spark, which are extended from
 * Java: what a Scala case class would be given ({@code productElement}, {@code equals}) is written
 * out.
 */
package org.sparkadept.udfs.plan.logical;
