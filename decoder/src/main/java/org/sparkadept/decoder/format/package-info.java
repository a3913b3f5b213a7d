/** What all checkpoint formats share: JSON files, hashes, names of files. */
package org.sparkadept.decoder.format;
