/**
 * The kernels, in Java: TornadoVM compiles them for the device. They are written for {@link
 * uk.ac.manchester.tornado.api.KernelContext}, the programming model of CUDA and OpenCL: groups of
 * work items with local memory and barriers.
 *
 * <p>Tokens of a launch are <em>packed</em>: listed one after the other, whatever rows they belong
 * to. Hidden states, keys and values are stored by <em>slot</em>: each wave has a range of slots in
 * the arena. No result depends on what else is in a launch.
 *
 * <p>Restrictions of TornadoVM 5.2.0: an array in local memory must not be passed to another
 * method, or its elements are read at wrong addresses. A method must not have the name of an OpenCL
 * function, such as {@code normalize}. A kernel that comes in two precisions is one private method,
 * which allocates its local memory itself, and two public methods that call it with a constant:
 * TornadoVM inlines the call and removes the branches that the constant excludes. For methods of
 * this size it does so only with {@code tornado.compiler.fullInlining}.
 */
package org.sparkadept.gpu.kernel;
