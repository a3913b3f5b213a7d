package org.sparkadept.decoder.model;

/** What the decoder block of a model may have beyond that of Llama and GPT-2. */
public enum BlockFeature {
  EMBEDDING_SCALE("a scale of the token embedding"),
  EMBEDDING_NORM("a norm of the token embedding"),
  RESIDUAL_SCALE("a scale of what layers add"),
  ATTENTION_SCALE("an attention scale of its own"),
  ATTENTION_SOFT_CAP("capped attention scores"),
  NORM_OF_ALL_HEADS("a norm of queries and keys over all heads"),
  ROTARY_BY_LAYER("rotary positions that differ from layer to layer"),
  ROTARY_PART("rotary positions of a part of each head"),
  ROTARY_AMPLITUDE("rotary positions that scale"),
  NO_NORM_BEFORE("attention or MLP that read no norm"),
  NORM_AFTER("norms after attention and MLP");

  private final String words;

  BlockFeature(String words) {
    this.words = words;
  }

  /** For messages: what a model with it has. */
  @Override
  public String toString() {
    return words;
  }
}
