/**
 * The kernels, in Java: TornadoVM compiles them for the device. They are written for {@link
 * uk.ac.manchester.tornado.api.KernelContext}, which is CUDA's and OpenCL's model: groups of work
 * items with local memory and barriers.
 *
 * <p>Tokens of a launch are <em>packed</em>: listed one behind the other, whatever rows they are
 * of. Hidden states, keys and values stand in the <em>arena</em>, where each wave has a stretch of
 * token places. No result depends on what else is in a launch.
 *
 * <p>What TornadoVM 5.2.0 asks of them: an array in local memory is never passed to another method,
 * where its elements would be looked for at other places; and no method has a name that OpenCL
 * knows, as {@code normalize} is. A kernel that comes in two precisions is one private method, that
 * allocates its local memory itself, and two public ones that call it with a constant: TornadoVM
 * inlines, and drops what the constant excludes. It does so with methods of this size where {@code
 * tornado.compiler.fullInlining} is set, which {@link org.sparkadept.gpu.device.TornadoVm} asks
 * for.
 */
package org.sparkadept.gpu.kernel;
