import { posix } from "node:path";
import type { BuildResult, Metafile, OutputFile } from "esbuild";
import { ENTRY_NAMESPACE } from "./entry.ts";
import { withPortableNames } from "./portable.ts";
import { withRequire } from "./require.ts";

/** What one entry became. */
export interface BuiltEntry {
  readonly code: Uint8Array;
  readonly map: Uint8Array | null;
  /** Licence texts of what was bundled; `null` when there are none. */
  readonly legal: Uint8Array | null;
  /** Files that loaders put beside the code. */
  readonly copied: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** esbuild's metafile, of this entry alone. */
  readonly metafile: Metafile;
}

/** Whatever `from` reaches through `next`, itself included. */
function reach(from: readonly string[], next: (key: string) => readonly string[]): Set<string> {
  const seen = new Set(from);
  for (const key of seen) for (const found of next(key)) seen.add(found);
  return seen;
}

function metafileOf(metafile: Metafile, output: string, injected: readonly string[]): Metafile {
  const outputs = reach([output], (key) =>
    (metafile.outputs[key]?.imports ?? [])
      .filter((found) => found.path in metafile.outputs)
      .map((found) => found.path),
  );
  for (const suffix of [".map", ".LEGAL.txt"])
    if (output + suffix in metafile.outputs) outputs.add(output + suffix);
  const entry = metafile.outputs[output]?.entryPoint ?? "";
  const starts = [entry, ...injected].filter((key) => key in metafile.inputs);
  const inputs = reach(starts, (key) =>
    (metafile.inputs[key]?.imports ?? [])
      .filter((found) => found.path in metafile.inputs)
      .map((found) => found.path),
  );
  return {
    inputs: Object.fromEntries(Object.entries(metafile.inputs).filter(([key]) => inputs.has(key))),
    outputs: Object.fromEntries(Object.entries(metafile.outputs).filter(([key]) => outputs.has(key))),
  };
}

/**
 * Takes the outputs of one build apart, by entry key.
 *
 * @param injected - inputs that esbuild adds to every entry without an import
 * @param addsRequire - whether entries that need `require` get it: ES modules have none
 */
export function splitOutputs(
  result: BuildResult<{ write: false; metafile: true }>,
  root: string,
  injected: readonly string[],
  addsRequire: boolean,
): Map<string, BuiltEntry> {
  const files = new Map<string, OutputFile>(
    result.outputFiles.map((file) => [
      posix.relative(root.replaceAll("\\", "/"), file.path.replaceAll("\\", "/")),
      file,
    ]),
  );
  const built = new Map<string, BuiltEntry>();
  for (const [output, { entryPoint }] of Object.entries(result.metafile.outputs)) {
    const code = files.get(output)?.contents;
    if (entryPoint === undefined || code === undefined) continue;
    const metafile = metafileOf(result.metafile, output, injected);
    const legal = files.get(`${output}.LEGAL.txt`)?.contents ?? null;
    const map = files.get(`${output}.map`)?.contents ?? null;
    const beside = Object.keys(metafile.outputs).filter((key) => !key.startsWith(output));
    const entry: BuiltEntry = {
      ...(addsRequire ? withRequire(code, map) : { code, map }),
      legal: legal !== null && legal.length > 0 ? legal : null,
      copied: beside.map((key) => ({
        name: posix.basename(key),
        bytes: files.get(key)?.contents ?? new Uint8Array(),
      })),
      metafile,
    };
    built.set(entryPoint.slice(ENTRY_NAMESPACE.length + 1), withPortableNames(entry));
  }
  return built;
}
