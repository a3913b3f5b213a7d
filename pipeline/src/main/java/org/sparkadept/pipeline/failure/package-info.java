/** From exceptions to one clear line and an exit code. */
package org.sparkadept.pipeline.failure;
