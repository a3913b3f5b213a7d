/**
 * What a model reads of a row: the prompt that a template makes of its columns, cut to the bound on
 * tokens or taken in chunks.
 */
package org.sparkadept.decoder.prompt;
