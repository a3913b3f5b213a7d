/** OLMo 2. */
package org.sparkadept.decoder.model.family.olmo2;
