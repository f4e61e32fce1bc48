/**
 * esbuild puts this text into an ES module exactly when CommonJS code in it calls `require` for something outside of
 * the bundle (`internal/runtime/runtime.go`, `__require`). It then also keeps the name `require` free, so that the
 * line below cannot collide with a name of the sources.
 */
const MARKER = Buffer.from('Dynamic require of "');

const PROLOGUE =
  'import{createRequire as __sluiceCreateRequire}from"node:module";const require=__sluiceCreateRequire(import.meta.url);\n';

/**
 * Whether a banner of the user's declares `require` by itself, as the usual remedy for a missing one does: a second declaration would
 * keep the module from loading. esbuild's parser is asked; a banner that is no module by itself declares nothing it could tell.
 */
export async function declaresRequire(banner: string | undefined): Promise<boolean> {
  if (banner === undefined || !banner.includes("require")) return false;
  const { transform } = await import("esbuild");
  const failure = await transform(`${banner}\n${PROLOGUE}`, { logLevel: "silent" }).then(() => null, String);
  return failure?.includes('"require" has already been declared') ?? false;
}

/** In a source map no quote of a source stands unescaped, so the key is found as text, without parsing megabytes. */
const MAPPINGS = Buffer.from('"mappings": "');

/** Adds `require` to an ES module that needs one, and moves its map down by the line that this adds. */
export function withRequire(
  code: Uint8Array,
  map: Uint8Array | null,
): { readonly code: Uint8Array; readonly map: Uint8Array | null } {
  const source = Buffer.from(code.buffer, code.byteOffset, code.byteLength);
  if (!source.includes(MARKER)) return { code, map };
  // A hashbang has to stay the first line.
  const start = source.subarray(0, 2).toString() === "#!" ? source.indexOf(10) + 1 : 0;
  const withPrologue = Buffer.concat([
    source.subarray(0, start),
    Buffer.from(PROLOGUE),
    source.subarray(start),
  ]);
  return { code: withPrologue, map: map === null ? null : shiftedByOneLine(map) };
}

function shiftedByOneLine(map: Uint8Array): Uint8Array {
  const source = Buffer.from(map.buffer, map.byteOffset, map.byteLength);
  const at = source.indexOf(MAPPINGS) + MAPPINGS.length;
  return Buffer.concat([source.subarray(0, at), Buffer.from(";"), source.subarray(at)]);
}
