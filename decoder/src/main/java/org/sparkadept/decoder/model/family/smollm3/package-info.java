/** SmolLM3. */
package org.sparkadept.decoder.model.family.smollm3;
