/** The command line: {@link org.sparkadept.pipeline.Adept} and its subcommands. */
package org.sparkadept.pipeline;
