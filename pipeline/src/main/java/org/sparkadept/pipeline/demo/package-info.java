/** The shipped sample, for a first look without data of one's own. */
package org.sparkadept.pipeline.demo;
