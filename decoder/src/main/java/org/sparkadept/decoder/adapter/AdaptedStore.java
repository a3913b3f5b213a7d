package org.sparkadept.decoder.adapter;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.tensor.Tensor;

/** The tensors of a base, some of them changed or added by an adapter. */
final class AdaptedStore implements TensorStore {
  private final TensorStore base;
  private final TensorStore adapter;
  private final List<Path> files;
  private final Map<String, Tensor> changed;
  private final Set<String> names;

  /**
   * @param base of the base; closed with this store
   * @param adapter of the adapter; closed with this store
   * @param config the adapter's configuration
   * @param changed the tensors that take the place of the base's, or are added, by name
   */
  AdaptedStore(TensorStore base, TensorStore adapter, Path config, Map<String, Tensor> changed) {
    this.base = base;
    this.adapter = adapter;
    this.changed = changed;
    files = new ArrayList<>(base.files());
    files.add(config);
    files.addAll(adapter.files());
    Set<String> all = new LinkedHashSet<>(base.names());
    all.addAll(changed.keySet());
    names = Collections.unmodifiableSet(all);
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public boolean has(String name) {
    return names.contains(name);
  }

  @Override
  public Tensor tensor(String name) {
    Tensor tensor = changed.get(name);
    return tensor == null ? base.tensor(name) : tensor;
  }

  @Override
  public List<Path> files() {
    return List.copyOf(files);
  }

  @Override
  public void close() {
    base.close();
    adapter.close();
  }
}
