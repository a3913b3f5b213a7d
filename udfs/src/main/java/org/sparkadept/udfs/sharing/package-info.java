/**
 * Models shared by all tasks of a JVM, also across class loaders. {@link
 * org.sparkadept.udfs.sharing.SharedModels} is the entry: it borrows from {@link
 * org.sparkadept.udfs.sharing.LocalModels} where this class loader has loaded the models, else
 * through a {@code RemoteClassifier} from the {@link org.sparkadept.udfs.sharing.ModelServer} of
 * the class loader that has. Whatever passes between class loaders is of types of the JDK, or
 * serialized.
 */
package org.sparkadept.udfs.sharing;
