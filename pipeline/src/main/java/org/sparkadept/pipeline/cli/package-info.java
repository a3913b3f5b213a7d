/** The subcommands: arguments in, exit code out. */
package org.sparkadept.pipeline.cli;
