package org.sparkadept.training.data;

/**
 * One labelled example of a data set.
 *
 * @param id identifier given by the data set
 * @param label name of the class
 * @param text the text to classify
 */
public record LabelledRow(String id, String label, String text) {}
