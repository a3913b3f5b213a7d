/** What a run shows of itself while it runs. */
package org.sparkadept.pipeline.progress;
