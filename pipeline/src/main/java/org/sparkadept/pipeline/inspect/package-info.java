/** What a model directory holds, read without loading its weights. */
package org.sparkadept.pipeline.inspect;
