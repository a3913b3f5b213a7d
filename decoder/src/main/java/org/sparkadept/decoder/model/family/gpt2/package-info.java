/** GPT-2. */
package org.sparkadept.decoder.model.family.gpt2;
