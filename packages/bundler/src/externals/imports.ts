import { dirname, join, resolve } from "node:path";
import type { Message, Metafile } from "esbuild";
import type { Place } from "../errors.ts";
import { ENTRY_NAMESPACE } from "../node/entry.ts";
import { EXTERNAL_NAMESPACE } from "./externals-plugin.ts";
import { packageName } from "./specifier.ts";

/** An import of a package that ended outside of the bundle. */
export interface OutsideImport {
  readonly specifier: string;
  /** Package that it names. */
  readonly name: string;
  /** Key in the metafile of who imports it. */
  readonly importer: string;
  /** The file whose import it is, for people: behind a stand-in the one that imports that. */
  readonly shown: string;
}

function shownImporter({ inputs }: Metafile, importer: string): string {
  if (!importer.startsWith(`${EXTERNAL_NAMESPACE}:`)) return importer;
  const found = Object.entries(inputs).find(([, { imports }]) =>
    imports.some(({ path }) => path === importer),
  );
  return found?.[0] ?? importer;
}

/** Imports of packages that a bundle leaves outside, by name, then importer. What tree shaking took out is not among them. */
export function outsideImports(metafile: Metafile): OutsideImport[] {
  const outputs = Object.values(metafile.outputs);
  const kept = new Set(
    outputs.flatMap(({ imports }) =>
      imports.filter(({ external }) => external === true).map(({ path }) => path),
    ),
  );
  const inOutput = new Set(
    outputs.flatMap(({ inputs }) =>
      Object.keys(inputs).filter((key) => (inputs[key]?.bytesInOutput ?? 0) > 0),
    ),
  );
  const all: OutsideImport[] = [];
  for (const [importer, { imports }] of Object.entries(metafile.inputs)) {
    for (const { path, external } of imports) {
      const name = external === true && kept.has(path) ? packageName(path) : null;
      if (name !== null)
        all.push({ specifier: path, name, importer, shown: shownImporter(metafile, importer) });
    }
  }
  // A file that only passes exports on has no bytes of its own.
  const used = all.filter(({ importer, specifier }) => {
    const others = all.filter((other) => other.specifier === specifier);
    return inOutput.has(importer) || !others.some((other) => inOutput.has(other.importer));
  });
  const key = ({ name, importer }: OutsideImport): string => `${name}\0${importer}`;
  return used.sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
}

/** The folder that an importer's imports start from; `null` for a stand-in, whose package is known. */
export function importerFolder(root: string, importer: string): string | null {
  if (importer.startsWith(`${EXTERNAL_NAMESPACE}:`)) return null;
  if (importer.startsWith(`${ENTRY_NAMESPACE}:`) || /^(<|[\w-]{2,}:)/.test(importer)) return root;
  return dirname(resolve(root, importer));
}

/**
 * Where a file imports something that is not there, if that is an error: esbuild, asked about this one file, warns of an import in
 * a `try` or with a `catch`, and has an error for others.
 *
 * @returns `null` when the code counts on it to be missing
 */
export async function failingImport(
  root: string,
  importer: string,
  specifier: string,
): Promise<Place | null> {
  const { build } = await import("esbuild");
  const outcome = await build({
    absWorkingDir: root,
    entryPoints: [join(root, importer)],
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
    logLevel: "silent",
    outdir: root,
    allowOverwrite: true,
    plugins: [
      {
        name: "sluice-only",
        setup: ({ onResolve }) => {
          onResolve({ filter: /.*/ }, ({ path, kind }) =>
            kind === "entry-point" || path === specifier ? null : { path, external: true },
          );
        },
      },
    ],
  }).catch((error: { readonly errors?: readonly Message[] }) => error);
  const location = outcome.errors?.[0]?.location;
  return location == null ? null : { file: location.file, line: location.line, column: location.column + 1 };
}
