/**
 * What goes wrong in a way that a user can mend: a message that names the file, row or key and says
 * what to do.
 */
package org.sparkadept.decoder.error;
