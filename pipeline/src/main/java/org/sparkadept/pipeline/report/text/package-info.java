/** Reports in a terminal, and numbers and texts as people read them. */
package org.sparkadept.pipeline.report.text;
