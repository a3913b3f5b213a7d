/** Model directories: initial backbones, exit heads with a policy, model cards. */
package org.sparkadept.training.export;
