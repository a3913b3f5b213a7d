/**
 * What goes wrong in a way that a user can mend: a message that names the file, row or key and says
 * what to do. And what makes texts and files of strangers fit to be printed and read.
 */
package org.sparkadept.decoder.error;
