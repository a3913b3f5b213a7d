/**
 * The rules that check calls of batch functions, move each into a logical operator below its user
 * before anything can duplicate it, and optimize around that operator.
 */
package org.sparkadept.udfs.plan.rules;
