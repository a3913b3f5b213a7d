/** PyTorch by DJL: its start, its number formats, programs in TorchScript. */
package org.sparkadept.training.torch;
