/** What exits answer, the exit threshold, and tables of both. */
package org.sparkadept.training.evaluate;
