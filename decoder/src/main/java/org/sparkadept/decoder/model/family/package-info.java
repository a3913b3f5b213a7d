/** The model families: what each names its settings and its tensors. */
package org.sparkadept.decoder.model.family;
