import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInventory, type Inventory, measureZip, readInventory } from "@sluice/artifact";
import type { Artifact, Manifest, ResolvedConfig } from "@sluice/core";
import type { Metafile } from "esbuild";
import { type Analysis, analyze } from "./analysis.ts";
import { importsIn, type OwnImport } from "./python/imports.ts";
import { ownersOf } from "./python/owners.ts";
import { namesInPython, whyPython } from "./python/why-python.ts";
import { knownNames, type Reason, why } from "./why.ts";
import { contentsOf } from "./zip-contents.ts";

/** The part of a configuration that analyses need. */
export type AnalysedConfig = Pick<ResolvedConfig, "root" | "functions">;

/** A deployment package, looked into. */
export interface AnalysedArtifact {
  readonly analysis: Analysis;
  /** Whether it is known what was bundled; otherwise the files of the zip are all that there is to tell. */
  readonly knowsModules: boolean;
  /** One reason for each copy of a package, or each module, that is called so; none when nothing is. */
  readonly why: (name: string) => readonly Reason[];
  /** What `why` can be asked for. */
  readonly names: () => readonly string[];
}

/** A tool that the manifest names of what the bundler for Python put together. */
const PYTHON_FORMAT = "sluice-python-format";

function isPython({ tools }: Manifest): boolean {
  return PYTHON_FORMAT in tools;
}

/** What the repository's own sources in a zip import. */
function importsOf(zip: Uint8Array, path: string, { packages }: Inventory): OwnImport[] {
  const owners = ownersOf(packages);
  const isOwn = (file: string): boolean => file.endsWith(".py") && owners.ofFile(file) === null;
  const { contents } = measureZip(zip, isOwn, path);
  return contents.flatMap((file) => importsIn(file.path, Buffer.from(file.bytes).toString("utf8")));
}

/**
 * Looks into an artifact of this repository, just built or found unchanged. What was bundled is known from the cache, which may be
 * deleted at any time.
 *
 * @throws what `measureZip` of `@sluice/artifact` throws for a zip that was damaged since
 */
export async function analyzeArtifact(artifact: Artifact, config: AnalysedConfig): Promise<AnalysedArtifact> {
  const { function: name, manifest, path } = artifact;
  // A layer is shown under another name than its files have.
  const known = readInventory<Metafile>(join(config.root, ".sluice", "cache"), manifest.function);
  const inventory = known ?? createInventory<Metafile>(null, [], []);
  const zip = await readFile(path);
  const python = isPython(manifest);
  const analysis = analyze({
    manifest: { ...manifest, function: name },
    maxSizeBytes: config.functions.find((fn) => fn.name === name)?.maxSizeBytes ?? null,
    inventory,
    contents: contentsOf(zip, path),
    isPython: python,
  });
  if (python) {
    const imports = importsOf(zip, path, inventory);
    return {
      analysis,
      knowsModules: known !== null,
      why: (wanted) => whyPython(wanted, analysis, inventory, imports),
      names: () => namesInPython(analysis),
    };
  }
  return {
    analysis,
    knowsModules: inventory.metafile !== null,
    why: (wanted) => why(wanted, analysis, inventory),
    names: () => knownNames(analysis, inventory),
  };
}
