/**
 * Locations of models: on this machine, or on any Hadoop file system, from which each host fetches
 * them once.
 */
package org.sparkadept.udfs.model;
