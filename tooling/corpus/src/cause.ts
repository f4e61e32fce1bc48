import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Who would have to mend it. */
export type Owner =
  /** The project: it would not run as it stands, with any tool. */
  | "project"
  /** Nobody: what it needs is elsewhere, in its environment, its layers, a build or a registry. */
  | "surroundings"
  /** Nobody knows before it was looked at: it may be Sluice. */
  | "open";

/** Why a handler did not pass. */
export interface Cause {
  /** In a few words. Results are grouped by it. */
  readonly name: string;
  readonly owner: Owner;
}

/** What is known of a handler that did not pass. */
export interface Failed {
  /** Error code; `null` for what was bundled and could not be proved. */
  readonly code: string | null;
  readonly message: string;
  /** `file:line:column`, or a place in the configuration. */
  readonly where: string;
  /** Absolute path of the handler's project. */
  readonly folder: string;
  /** Absolute path of the corpus, above which no package.json is of the project. */
  readonly corpus: string;
}

const cause = (owner: Owner, name: string): Cause => ({ owner, name });

const KEYS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/** Whether a package.json, from the project's own up to the corpus, names a package. */
function isDeclared(name: string, { folder, corpus }: Failed): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, "package.json");
    if (existsSync(file)) {
      const manifest = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, string>>;
      if (KEYS.some((key) => name in (manifest[key] ?? {}))) return true;
    }
    if (at === corpus || dirname(at) === at) return false;
  }
}

function unresolved(failed: Failed): Cause {
  const { message, where } = failed;
  const specifier = /Could not resolve "([^"]+)"/.exec(message)?.[1] ?? "";
  if (where.includes("node_modules/")) return cause("project", "its packages do not fit together");
  if (specifier.startsWith("/opt/")) return cause("surroundings", "imports a file of a layer by its path");
  if (/^[./]/.test(specifier)) return cause("project", "imports a file that is not there");
  if (message.includes("package of this repository"))
    return cause("surroundings", "imports a package of its repository that is to be built first");
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return isDeclared(name, failed)
    ? cause("surroundings", "a declared package could not be installed")
    : cause("project", "imports a package that it does not declare");
}

/** The file that it opens while it is loaded, and that its project does not have either. */
function lacksFile({ message, where, folder }: Failed): boolean {
  const file = /ENOENT: no such file or directory, open '([^']+)'/.exec(message)?.[1];
  return file !== undefined && !existsSync(join(folder, dirname(where), file));
}

type Rule = readonly [code: string | null, pattern: RegExp, cause: Cause];

/** The first that fits decides. */
const RULES: readonly Rule[] = [
  ["SLUICE_AWS_SDK_V2", /./, cause("project", "imports version 2 of the AWS SDK, undeclared")],
  ["SLUICE_SYNTAX_ERROR", /./, cause("project", "syntax error")],
  ["SLUICE_IMPORT_CHECK_FAILED", /ReferenceError: /, cause("project", "uses a name that nothing defines")],
  [
    "SLUICE_IMPORT_CHECK_FAILED",
    /Please install \S+ package manually/,
    cause("open", "a package that is loaded by a computed name is not in the zip"),
  ],
  [
    "SLUICE_DECORATOR_METADATA",
    /./,
    cause("surroundings", "metadata of decorators needs oxc-transform, which it has not installed"),
  ],
  [
    "SLUICE_LOCKFILE_DISAGREES",
    /./,
    cause("surroundings", "installed here in other versions than its lockfile has"),
  ],
  [null, /what is off in the check/, cause("surroundings", "calls the network while it is loaded")],
  [null, /import check was skipped/, cause("surroundings", "this machine cannot load it")],
  [null, /throws while it is loaded/, cause("surroundings", "throws without its own environment")],
];

/** Tells why a handler did not pass, and whose fault it is. */
export function causeOf(failed: Failed): Cause {
  if (failed.code === "SLUICE_IMPORT_UNRESOLVED") return unresolved(failed);
  if (failed.code === "SLUICE_IMPORT_CHECK_FAILED" && lacksFile(failed))
    return cause("project", "reads a file that is not there");
  const rule = RULES.find(([code, pattern]) => code === failed.code && pattern.test(failed.message));
  return rule?.[2] ?? cause("open", failed.code ?? "not proved");
}
