/**
 * Arrow IPC files and streams as a data source of Spark, by the name {@code arrow}: tables come
 * from, and go to, other Arrow programs with no conversion in between. Read batches are Arrow
 * vectors, which {@link org.sparkadept.udfs.plan.physical.ArrowEvalExec} takes as they are.
 *
 * <p>{@link org.sparkadept.udfs.ipc.ArrowFileFormat} is what Spark sees. Reading goes from {@code
 * IpcInput} (bytes) over {@code IpcFile} (messages) and {@code ColumnLoader} (vectors as stored) to
 * {@code ColumnConverter} (vectors of Spark's types) and {@code ColumnarBatches}. Files are not
 * trusted: lengths and offsets are checked before memory is allocated or read.
 */
package org.sparkadept.udfs.ipc;
