/** The progress of a run while it runs. */
package org.sparkadept.pipeline.progress;
