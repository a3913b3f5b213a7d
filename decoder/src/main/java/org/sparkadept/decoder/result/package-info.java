/** What a caller gets: answers, traces, states and costs. Records without logic of their own. */
package org.sparkadept.decoder.result;
