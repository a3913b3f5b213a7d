/** Granite 3 and 4, as far as they are dense. */
package org.sparkadept.decoder.model.family.granite;
