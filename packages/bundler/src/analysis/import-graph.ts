import type { Metafile } from "esbuild";
import { shownPath } from "./home.ts";

/** One file of a chain, with the import by which it takes in the next one. */
export interface ImportStep {
  /** Relative to the root, named as on every machine; for what is not bundled the name that is imported. */
  readonly file: string;
  /** esbuild's word for the import of the next file, as `import-statement`; `null` at the chain's end. */
  readonly kind: string | null;
}

/** Who imports whom in one bundle. */
export interface ImportGraph {
  /** Modules that the entry reaches, the nearest first; names of imports that are not bundled among them, as `external:NAME`. */
  readonly reached: readonly string[];
  /** The shortest chain from the entry; the file alone when nothing imports it, as what is injected. */
  chainTo(file: string): readonly ImportStep[];
}

const EXTERNAL = "external:";

/** The key under which {@link ImportGraph} has an import that is left out of the bundle. */
export function externalKey(specifier: string): string {
  return EXTERNAL + specifier;
}

/** Whether the bundler made this module up. */
function isMadeUp(file: string): boolean {
  return /^(?:<|sluice-[a-z]+:)/.test(file);
}

/** Walks a bundle's imports once, breadth first, so that a cycle is walked once and every chain is a shortest one. */
export function importGraph(metafile: Metafile): ImportGraph {
  const from = new Map<string, { readonly file: string; readonly kind: string } | null>();
  const entries = Object.values(metafile.outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  const inputs = new Map(Object.entries(metafile.inputs).map(([key, input]) => [shownPath(key), input]));
  for (const entry of entries) from.set(shownPath(entry), null);
  // A map that grows is walked to its end.
  for (const [file] of from) {
    for (const { path, kind, external } of inputs.get(file)?.imports ?? []) {
      const next = external === true ? externalKey(path) : shownPath(path);
      if (!from.has(next)) from.set(next, { file, kind });
    }
  }
  const chainTo = (file: string): ImportStep[] => {
    const chain: ImportStep[] = [{ file: file.replace(EXTERNAL, ""), kind: null }];
    for (let by = from.get(file); by !== undefined && by !== null; by = from.get(by.file)) {
      if (!isMadeUp(by.file)) chain.unshift(by);
    }
    return chain;
  };
  return { reached: [...from.keys()].filter((file) => !isMadeUp(file)), chainTo };
}
