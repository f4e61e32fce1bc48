import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions, Message, Plugin } from "esbuild";
import type { Problem } from "../problem.ts";
import { configErrors } from "./errors.ts";

/** Raised when the same sources may compile to something else. */
const FORMAT = "1";

/** A configuration file made into one module, and what only its text shows. */
interface CompiledConfig {
  readonly code: string;
  /** Keys that stand twice in an object, of which JavaScript and JSON keep the last. */
  readonly problems: readonly Problem[];
}

interface CacheRecord {
  /** Absolute path and SHA-256 of each file that went into the module. */
  readonly inputs: readonly (readonly [string, string])[];
  /** The module beside this record, named by its own SHA-256. */
  readonly module: string;
}

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/**
 * Leaves packages as imports when the module is kept inside the repository, where they resolve; `alias` says where the ones
 * are that need not be installed.
 */
function packages(alias: Readonly<Record<string, string>>, outside: boolean): Plugin {
  return {
    name: "packages",
    setup(build) {
      build.onResolve({ filter: /^[^./\\]/ }, ({ path, kind }) => {
        if (kind === "entry-point" || /^[a-zA-Z]:[\\/]/.test(path)) return undefined;
        const target = alias[path];
        if (target !== undefined) return { path: pathToFileURL(target).href, external: true };
        return outside ? { path, external: true } : undefined;
      });
    },
  };
}

/** In one module, `import.meta` and the like would mean that module's place, not the source's. */
function definitions(file: string): Record<string, string> {
  const folder = dirname(file);
  return {
    "import.meta.url": JSON.stringify(pathToFileURL(file).href),
    "import.meta.filename": JSON.stringify(file),
    "import.meta.dirname": JSON.stringify(folder),
    __filename: JSON.stringify(file),
    __dirname: JSON.stringify(folder),
  };
}

function optionsFor(file: string, plugin: Plugin): BuildOptions {
  const here = JSON.stringify(pathToFileURL(file).href);
  return {
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: `node${process.versions.node.split(".")[0]}`,
    // A tsconfig may extend a package that is not installed where a deployment runs.
    tsconfigRaw: {},
    define: definitions(file),
    banner: {
      js: `import{createRequire as __sluiceRequire}from"node:module";const require=__sluiceRequire(${here});`,
    },
    plugins: [plugin],
    logLevel: "silent",
    absWorkingDir: dirname(file),
  };
}

function duplicatesIn(file: string, warnings: readonly Message[]): Problem[] {
  return warnings
    .filter((warning) => warning.id === "duplicate-object-key")
    .map(({ text, location }) => configErrors.duplicateKey(location?.file ?? basename(file), text, location));
}

interface Built extends CompiledConfig {
  readonly inputs: readonly string[];
}

async function build(file: string, plugin: Plugin): Promise<Built> {
  const esbuild = await import("esbuild");
  if (extname(file) === ".json") {
    // Editors on Windows may begin a file with a byte order mark.
    const text = (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
    const code = `export default ${JSON.stringify(JSON.parse(text))};\n`;
    const sourcefile = basename(file);
    const { warnings } = await esbuild.transform(text, { loader: "json", sourcefile, logLevel: "silent" });
    return { code, problems: duplicatesIn(file, warnings), inputs: [file] };
  }
  const result = await esbuild.build({ ...optionsFor(file, plugin), write: false, metafile: true });
  const inputs = Object.keys(result.metafile.inputs).map((path) => join(dirname(file), path));
  return { code: result.outputFiles[0]?.text ?? "", problems: duplicatesIn(file, result.warnings), inputs };
}

async function readRecord(path: string): Promise<CacheRecord | null> {
  try {
    const record = JSON.parse(await readFile(path, "utf8")) as CacheRecord;
    const module: [string, string] = [record.module, basename(record.module, ".mjs")];
    for (const [file, digest] of [...record.inputs, module]) {
      if (sha256(await readFile(file)) !== digest) return null;
    }
    return record;
  } catch {
    return null;
  }
}

/** Under a name of its own first: another run may write or read at the same time. */
async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}

/** A cache that cannot be written costs time, not correctness. */
async function remember(folder: string, record: string, built: Built): Promise<string | null> {
  const module = join(folder, `${sha256(built.code)}.mjs`);
  try {
    await mkdir(folder, { recursive: true });
    const inputs: [string, string][] = [];
    for (const input of built.inputs) inputs.push([input, sha256(await readFile(input))]);
    await writeWhole(module, built.code);
    await writeWhole(record, JSON.stringify({ inputs, module } satisfies CacheRecord));
    return module;
  } catch {
    return null;
  }
}

/**
 * Compiles a configuration file, TypeScript or not, with what it imports by path into one module, unless that was done
 * before and no source has changed since.
 *
 * @param file - absolute path
 * @param folder - absolute path of a folder inside the repository, so that packages resolve from there; `null` for no cache
 * @returns the URL to import, and problems that only the text shows; a file with such problems is not remembered
 * @throws esbuild's BuildFailure
 */
export async function compileConfig(
  file: string,
  folder: string | null,
  alias: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; readonly problems: readonly Problem[] }> {
  const key = sha256(JSON.stringify([FORMAT, file, alias, process.versions.node]));
  const record = folder === null ? null : join(folder, `${key}.json`);
  const known = record === null ? null : await readRecord(record);
  if (known !== null) return { url: pathToFileURL(known.module).href, problems: [] };
  const kept = await build(file, packages(alias, folder !== null));
  const clean = kept.problems.length === 0 && folder !== null && record !== null;
  const module = clean ? await remember(folder, record, kept) : null;
  if (module !== null) return { url: pathToFileURL(module).href, problems: [] };
  // From a data: URL no package resolves, so that they go into the module.
  const whole = folder === null ? kept : await build(file, packages(alias, false));
  const url = `data:text/javascript;base64,${Buffer.from(whole.code).toString("base64")}`;
  return { url, problems: kept.problems };
}
