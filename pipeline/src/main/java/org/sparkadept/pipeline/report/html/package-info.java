/** Reports as pages: HTML that is XML as well, with no script and nothing from other places. */
package org.sparkadept.pipeline.report.html;
