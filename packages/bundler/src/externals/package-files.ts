import { isNeverPacked } from "@sluice/artifact";
import { globSync } from "tinyglobby";
import type { PackageManifest } from "./manifest.ts";
import type { InstalledFile, PackageReader } from "./package-reader.ts";

/** What a licence asks to be kept with the code. */
const LICENSE = /(^|\/)(licen[cs]e|copying|notice|copyright|patents|authors)[^/]*$/i;

/**
 * Files that nothing loads at run time. Only what is sure: other data may be read by the package's own code.
 */
const NEVER_RUN: readonly RegExp[] = [
  // Types, and maps of compiled code: Node.js reads neither.
  /\.d\.[cm]?ts$/,
  /\.(?:[cm]?js|css|d\.[cm]?ts)\.map$/,
  /\.tsbuildinfo$/,
  /\.flow$/,
  // The mark of Yarn in a package that it unplugged.
  /^\.ready$/,
  // Texts about the package, at its top.
  /^(?:readme|changelog|changes|history|contributing|security|code_of_conduct|upgrading|migration)[^/]*\.(?:md|markdown|txt|rst)$/i,
  /^[^/]+\.(?:md|markdown)$/i,
  // Settings of tools.
  /^\.(?:eslint|prettier|nyc|travis|appveyor|babel|npmignore|gitignore|gitattributes|editorconfig|jshint|jscs|mocharc|taprc|airtap|zuul|snyk|yarnrc|lint)[^/]*$/,
  /(?:^|\/)\.(?:github|vscode|idea|husky|circleci|claude|cursor|devcontainer|changeset|nyc_output|bin|DS_Store)(?:\/|$)/,
  /(?:^|\/)(?:tsconfig(?:\.[^/]*)?\.json|\.package-lock\.json|package-lock\.json|yarn\.lock|pnpm-lock\.yaml)$/,
  // What a package manager keeps while it builds.
  /(?:^|\/)(?:__tests__|__mocks__)\//,
];

/** Declarations that a package reads itself: a compiler its standard library. */
const OWN_DECLARATIONS: ReadonlyMap<string, RegExp> = new Map([["typescript", /^lib\/lib(?:\..*)?\.d\.ts$/]]);

/** Folders at a package's top that hold its tests and explanations, unless its package.json names them. */
const TESTS = /^(?:test|tests|spec|docs?|examples?|benchmarks?|coverage)\//;

/** Sources and leavings of a native build: its result is what `.node` files are. */
const NATIVE_SOURCES: readonly RegExp[] = [
  /\.(?:c|cc|cpp|cxx|h|hh|hpp|S|asm|o|a|obj|lib|pdb|gyp|gypi|mk|vcxproj|filters|sln|tlog|cmake|ninja|rs|d)$/,
  /^build\/(?:Makefile|config\.gypi|gyp-mac-tool|node_gyp_bins\/|Release\/(?:obj|\.deps|\.forge-meta))/,
  /^build\/.*\/obj\.target\//,
  // better-sqlite3 builds one for its own tests.
  /^build\/Release\/test_[^/]*\.node$/,
];

/** Whether a file's sources in TypeScript stand beside what was compiled from them. */
function isCompiledSource(path: string, paths: ReadonlySet<string>): boolean {
  const match = /^(.*)\.([cm]?)tsx?$/.exec(path);
  return match !== null && paths.has(`${match[1]}.${match[2]}js`);
}

/** Whether package.json names a folder, in `main`, `exports`, `bin` or anywhere: then it is part of what runs. */
function namesFolder(manifest: PackageManifest | null, folder: string): boolean {
  const { scripts: _, ...rest } = manifest?.raw ?? {};
  const text = JSON.stringify(rest);
  return text.includes(`./${folder}/`) || text.includes(`"${folder}/`);
}

function isNative(manifest: PackageManifest | null, paths: ReadonlySet<string>): boolean {
  return manifest?.raw["gypfile"] === true || paths.has("binding.gyp") || paths.has("Cargo.toml");
}

/**
 * Which files of a package are copied: everything but what never runs, and what is never packed, as the keys with which some
 * packages test themselves.
 */
export function neededFiles<File extends { readonly path: string }>(
  manifest: PackageManifest | null,
  files: readonly File[],
): File[] {
  const paths = new Set(files.map(({ path }) => path));
  const native = isNative(manifest, paths);
  const declarations = OWN_DECLARATIONS.get(manifest?.name ?? "");
  const tested = new Map<string, boolean>();
  return files.filter(({ path }) => {
    if (isNeverPacked(path)) return false;
    if (path === "package.json" || LICENSE.test(path) || declarations?.test(path)) return true;
    if (NEVER_RUN.some((rule) => rule.test(path)) || isCompiledSource(path, paths)) return false;
    if (native && NATIVE_SOURCES.some((rule) => rule.test(path))) return false;
    const folder = TESTS.test(path) ? (path.split("/")[0] ?? "") : null;
    if (folder === null) return true;
    const named = tested.get(folder) ?? namesFolder(manifest, folder);
    tested.set(folder, named);
    return named;
  });
}

/**
 * Which files of a package of the repository belong to it: what its `files` names, as `npm pack` would choose, with
 * package.json, licences and the entry; everything that is no dot file when it has none.
 */
export function ownFiles(
  reader: PackageReader,
  folder: string,
  manifest: PackageManifest | null,
): InstalledFile[] {
  const all = reader.files(folder).filter(({ path }) => !/(^|\/)\.[^/]/.test(path));
  if (manifest?.files == null) return all;
  const patterns = manifest.files.flatMap((pattern) => {
    const bare = pattern.replace(/^(!?)\.?\//, "$1").replace(/\/$/, "");
    return [bare, `${bare}/**`];
  });
  const named = globSync(patterns, {
    cwd: folder,
    dot: false,
    expandDirectories: false,
    followSymbolicLinks: true,
  });
  const chosen = new Set(named.map((path) => path.replaceAll("\\", "/")));
  const main = manifest.main?.replace(/^\.\//, "");
  return all.filter(
    ({ path }) => chosen.has(path) || path === "package.json" || path === main || LICENSE.test(path),
  );
}
