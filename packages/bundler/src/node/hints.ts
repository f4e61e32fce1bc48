/** What to do about an error of esbuild, by how its text begins. */
export function buildHint(text: string): string {
  if (text.startsWith("Top-level await"))
    return 'Leave out `format: "cjs"`: ES modules are the default and have it.';
  if (text.startsWith("No loader is configured")) {
    return 'Say how such files are read: esbuild: { loader: { ".ext": "text" } } (or binary, file, copy, …).';
  }
  return "The text is esbuild's. Correct the source or the function's esbuild options.";
}

/** What to do about an import that cannot be resolved, by what was to be imported. */
export function importHint(specifier: string): string {
  if (/^[./]/.test(specifier)) return "Correct the path; with the extension, when two files could be meant.";
  const parts = specifier.split("/");
  const name = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
  return `Install it (npm install ${name}), or, when the runtime or a layer of someone else's has it, name it in the function's provided.`;
}
