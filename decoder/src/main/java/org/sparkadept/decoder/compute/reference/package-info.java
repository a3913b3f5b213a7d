/**
 * The plain-Java backend: slow, sequential, obviously right. Every faster backend is compared with
 * it.
 */
package org.sparkadept.decoder.compute.reference;
