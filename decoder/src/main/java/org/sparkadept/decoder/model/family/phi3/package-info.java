/** Phi-3 and Phi-4. */
package org.sparkadept.decoder.model.family.phi3;
