import { readdirSync, realpathSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import type { Message } from "esbuild";
import { type Installation, openInstallation } from "../externals/installation.ts";
import { manifestsAbove } from "../externals/package-reader.ts";
import { packageName } from "../externals/specifier.ts";
import { importHint } from "./hints.ts";
import { isInstalled } from "./portable.ts";

/** Why an import could not be resolved, as far as the disk tells. */
export interface Unresolved {
  /** A sentence that follows on what could not be resolved; `""` where there is nothing to add. */
  readonly reason: string;
  readonly hint: string;
}

/** What esbuild says under every import that it cannot resolve. */
const ADVICE = /^You can mark the path /;

const stem = (name: string): string => name.replace(/\.[cm]?[jt]sx?$/, "");

/** A name in the folder that differs from the wanted one by case alone. */
function otherCase(path: string): string | null {
  const wanted = stem(basename(path));
  const differs = (name: string): boolean =>
    stem(name) !== wanted && stem(name).toLowerCase() === wanted.toLowerCase();
  try {
    return readdirSync(dirname(path)).find(differs) ?? null;
  } catch {
    return null;
  }
}

const CASE_HINT =
  "Write it as it stands on the disk: upper and lower case differ on Linux, where functions run.";

function ofPath(path: string, specifier: string): Unresolved {
  const other = otherCase(path);
  return other === null
    ? { reason: "", hint: importHint(specifier) }
    : { reason: `There is a ${other}.`, hint: CASE_HINT };
}

function ofPackage(
  root: string,
  installation: Installation,
  from: string,
  message: Message,
  name: string,
): Unresolved | null {
  const located = installation.locate(from, name);
  if (located === null) return null;
  const folder = relative(root, located.files).replaceAll(sep, "/") || ".";
  const notes = message.notes.map(({ text }) => text).filter((text) => !ADVICE.test(text));
  const main = installation.reader.manifest(located.files)?.main;
  const lacks = main == null ? "has no such file" : `has no such file (main: ${main})`;
  const why = notes.length > 0 ? notes.map((text) => text.replace(/:$/, ".")).join(" ") : `It ${lacks}.`;
  const isOwn = !isInstalled(`${folder}/`);
  return {
    reason: `${isOwn ? "It is a package of this repository" : "It is installed"} in ${folder}. ${why}`,
    hint: isOwn
      ? "Build that package first (its own build script), or point its main or exports at its source."
      : "Import what the package exports, or install another version of it, whole.",
  };
}

/**
 * Looks for what an import that esbuild could not resolve may have meant: a file of another case, a package that is there and not
 * built, a layer.
 *
 * @param root - real path of the repository's root
 */
export function whyUnresolved(root: string, specifier: string, message: Message): Unresolved {
  const file = resolve(root, message.location?.file ?? ".");
  if (/^\.{1,2}(?:\/|$)/.test(specifier)) return ofPath(resolve(dirname(file), specifier), specifier);
  if (/^\/opt(?:\/|$)/.test(specifier))
    return {
      reason: "Lambda unpacks layers there.",
      hint: 'Name it in the function\'s provided: ["/opt/*"]; or, for a layer of this repository, declare it in layers and import its packages by name.',
    };
  const name = packageName(specifier);
  if (name === null) return { reason: "", hint: importHint(specifier) };
  const installation = openInstallation(root);
  const from = realFolder(dirname(file));
  return (
    ofPackage(root, installation, from, message, name) ??
    ofManifest(root, installation, from, name) ?? { reason: "", hint: importHint(specifier) }
  );
}

/** A package that nobody has to add: a clone that was not installed, or a branch that brought it. */
function ofManifest(root: string, { reader }: Installation, from: string, name: string): Unresolved | null {
  const isNamed = manifestsAbove(reader, from, root).some((manifest) =>
    [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies].some((each) =>
      Object.hasOwn(each, name),
    ),
  );
  if (!isNamed) return null;
  return {
    reason: "package.json names it, and it is not installed.",
    hint: "Install what package.json names: npm ci, pnpm install, yarn install or bun install.",
  };
}

function realFolder(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder;
  }
}

/**
 * The file that esbuild found and cannot read, since it compares names without case.
 *
 * @returns its path relative to `root`, and why; `null` for another message
 */
export function whyUnreadable(root: string, text: string): (Unresolved & { readonly path: string }) | null {
  const file = /^Cannot read file: (.+)$/.exec(text)?.[1];
  const other = file === undefined ? null : otherCase(file);
  if (file === undefined || other === null) return null;
  const path = relative(root, file).replaceAll(sep, "/");
  return { path, reason: `There is a ${other}.`, hint: CASE_HINT };
}
