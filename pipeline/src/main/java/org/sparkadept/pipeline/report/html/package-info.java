/** The reports' pages: HTML that is XML as well, with no script and nothing from elsewhere. */
package org.sparkadept.pipeline.report.html;
