package org.sparkadept.decoder.format;

/** Names of files within a folder, as other files write them: nothing that leads out of it. */
public final class PlainName {
  private PlainName() {}

  /** Whether the name can only mean a file directly in the folder it is resolved against. */
  public static boolean isPlain(String name) {
    if (name.isBlank() || name.equals(".") || name.equals("..") || name.length() > 255) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '/' || c == '\\' || c == ':' || Character.isISOControl(c)) {
        return false;
      }
    }
    return true;
  }
}
