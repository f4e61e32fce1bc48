import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { statOf } from "@sluice/artifact";
import { plainJson } from "../files/plain-json.ts";

/** What a tsconfig says about where imports lead. */
interface Tsconfig {
  readonly file: string;
  readonly extends: readonly string[];
  readonly baseUrl: string | null;
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

const isText = (value: unknown): value is string => typeof value === "string";

function readTsconfig(file: string): Tsconfig {
  let value: { extends?: unknown; compilerOptions?: { baseUrl?: unknown; paths?: unknown } } | null = null;
  try {
    value = JSON.parse(plainJson(readFileSync(file, "utf8")));
  } catch {
    // esbuild warns of it, and goes on without.
  }
  const options = value?.compilerOptions;
  const paths = Object.entries(options?.paths ?? {}).map(([pattern, targets]): [string, string[]] => [
    pattern,
    Array.isArray(targets) ? targets.filter(isText) : [],
  ]);
  return {
    file,
    extends: [value?.extends].flat().filter(isText),
    baseUrl: isText(options?.baseUrl) ? resolve(dirname(file), options.baseUrl) : null,
    paths: Object.fromEntries(paths),
  };
}

/** The file that `extends` names: with or without its extension, in a folder, or in a package that is installed above. */
function extendedFile(from: string, name: string): string | null {
  const bases: string[] = [];
  const own = dirname(realpathSync(from));
  if (/^\.\.?(\/|$)/.test(name) || isAbsolute(name)) bases.push(resolve(own, name));
  else {
    for (let folder = own; ; folder = dirname(folder)) {
      bases.push(join(folder, "node_modules", name));
      if (dirname(folder) === folder) break;
    }
  }
  const candidates = bases.flatMap((base) => [base, `${base}.json`, join(base, "tsconfig.json")]);
  const found = candidates.find((path) => statOf(path)?.isFile() === true);
  if (found !== undefined) return found;
  try {
    // By the package's `exports`.
    return createRequire(from).resolve(name);
  } catch {
    return null;
  }
}

/** Tsconfigs with all that they build on, each once. */
export function readTsconfigs(files: readonly string[]): Tsconfig[] {
  const seen = new Map<string, Tsconfig>();
  const waiting = [...files];
  for (const file of waiting) {
    if (seen.has(file)) continue;
    const tsconfig = readTsconfig(file);
    seen.set(file, tsconfig);
    for (const name of tsconfig.extends) {
      const path = extendedFile(file, name);
      if (path !== null) waiting.push(path);
    }
  }
  return [...seen.values()];
}

/** Text that a `*` of a pattern stands for, `""` for a pattern without; `null` when it does not match. */
function starOf(pattern: string, specifier: string): string | null {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return pattern === specifier ? "" : null;
  const fits = specifier.length >= start.length + end.length;
  if (!fits || !specifier.startsWith(start) || !specifier.endsWith(end)) return null;
  return specifier.slice(start.length, specifier.length - end.length);
}

/**
 * Absolute paths, without extension mostly, at which `baseUrl` and `paths` have an import looked for. More of them than
 * esbuild asks for: what a tsconfig inherits is not told apart.
 */
export function pathTargets(tsconfigs: readonly Tsconfig[], specifier: string): string[] {
  const baseUrls = tsconfigs.flatMap(({ baseUrl }) => (baseUrl === null ? [] : [baseUrl]));
  const folders = tsconfigs.map(({ file }) => dirname(file));
  const mapped = tsconfigs.flatMap(({ paths }) =>
    Object.entries(paths).flatMap(([pattern, targets]) => {
      const star = starOf(pattern, specifier);
      return star === null ? [] : targets.map((target) => target.replace("*", () => star));
    }),
  );
  const from = [...new Set([...folders, ...baseUrls])];
  const targets = mapped.map((target) => target.replace(/^\$\{configDir\}\//, "./"));
  return [
    ...baseUrls.map((baseUrl) => join(baseUrl, specifier)),
    ...from.flatMap((folder) => targets.map((target) => resolve(folder, target))),
  ];
}
