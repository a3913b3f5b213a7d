/** Reading and writing safetensors files. */
package org.sparkadept.training.safetensors;
