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
  if (/^aws-sdk(\/|$)/.test(specifier)) {
    return "Version 2 of the AWS SDK came with runtimes up to nodejs16.x and ended in 2025: move to @aws-sdk/client-* (npx aws-sdk-js-codemod), or install aws-sdk to have it bundled.";
  }
  if (/^[./]/.test(specifier)) return "Correct the path; with the extension, when two files could be meant.";
  const parts = specifier.split("/");
  const name = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
  return `Install it (npm install ${name}), or, when a layer or the runtime provides it, add it to the function's external.`;
}
