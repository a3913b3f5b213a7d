/** Model directories as Hugging Face lays them out, with exit heads and a model card. */
package org.sparkadept.training.export;
