/** What a model directory holds, told without loading its weights. */
package org.sparkadept.pipeline.inspect;
