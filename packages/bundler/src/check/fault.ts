import { isAbsolute, relative, resolve } from "node:path";
import { type Failure, OFF } from "./child/job.ts";

/** Something that would keep the handler from loading in Lambda, too. */
export interface Fault {
  /** What is wrong, without the function's name. */
  readonly reason: string;
  /** What to do about it. */
  readonly hint: string;
}

/** What has to be known of a check to tell a fault of the package from one of the check. */
export interface Scene {
  /** Where the package was unpacked. */
  readonly root: string;
  /** Node.js majors: the one that loaded the handler, and the function's. */
  readonly checked: number;
  readonly wanted: number;
  /** Whether something ran that Lambda would not: a stub, or a failing network. */
  readonly altered: boolean;
}

type Rule = (failure: Failure, scene: Scene) => string | null;

const ABSENT = new Set([
  "MODULE_NOT_FOUND",
  "ERR_MODULE_NOT_FOUND",
  "ERR_PACKAGE_PATH_NOT_EXPORTED",
  "ERR_PACKAGE_IMPORT_NOT_DEFINED",
  "ERR_UNSUPPORTED_DIR_IMPORT",
]);

const WRONG_FORM = new Set([
  "ERR_REQUIRE_ESM",
  "ERR_REQUIRE_CYCLE_MODULE",
  "ERR_REQUIRE_ASYNC_MODULE",
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_UNKNOWN_MODULE_FORMAT",
  "ERR_IMPORT_ATTRIBUTE_MISSING",
  "ERR_IMPORT_ASSERTION_TYPE_MISSING",
  "ERR_AMBIGUOUS_MODULE_SYNTAX",
]);

/** How packages say that their machine code is not there, in words of their own. */
const NATIVE =
  /Could not load the "sharp" module|(?:Failed to load|Cannot find) native (?:binding|module|addon)|Could not locate the bindings file|No native build was found|Could not find the native/i;

/** The loader's own: code that parses something else throws the same class, as JSON.parse does. */
function isOfLoader({ name, stack }: Failure): boolean {
  if (name !== "SyntaxError") return false;
  const first = stack.split("\n").find((line) => /^\s+at /.test(line));
  return first === undefined || /\(?node:(?:internal|vm)/.test(first);
}

/** An older Node.js lacks syntax, modules and globals that the runtime has. */
function isOlder({ checked, wanted }: Scene): boolean {
  return checked < wanted;
}

/** The path in the package of a file that is not there; the runtime works in the package's folder, as the check does. */
function lackingFile({ code, path, message }: Failure, root: string): string | null {
  if ((code !== "ENOENT" && code !== "ENOTDIR") || path === null) return null;
  // A program that is not on the PATH has this code, too.
  if (/^spawn/.test(message)) return null;
  const inside = relative(root, resolve(root, path));
  return inside === "" || isAbsolute(inside) || inside.startsWith("..") ? null : inside;
}

/** In the order in which they are tried: each gives a hint, or `null` for another rule's failure. */
const RULES: readonly Rule[] = [
  ({ code, message }, scene) => {
    if (code === "ERR_UNKNOWN_BUILTIN_MODULE")
      return isOlder(scene) ? null : "The runtime's Node.js has no such module.";
    if (!ABSENT.has(code ?? "")) return null;
    return /['"]\.{0,2}\//.test(message)
      ? "Import it by a path that esbuild can see; or copy the file with assets."
      : "Import it where esbuild can see it; or, for a name that is computed, add the package to the function's include, or to provided where a layer has it.";
  },
  ({ code, message }, { checked, wanted }) => {
    if (code !== "ERR_DLOPEN_FAILED" && !NATIVE.test(message)) return null;
    // This machine's C library may be older than Amazon Linux's.
    if (/GLIBC\S* not found|version .GLIBC/.test(message)) return null;
    if (/NODE_MODULE_VERSION/.test(message) && checked !== wanted) return null;
    return "Native code has to be in the zip, built for Linux and the function's architecture: add the package to the function's external.";
  },
  // Sequelize hides a missing driver behind words of its own (`lib/dialects/abstract/connection-manager.js`).
  ({ message }) =>
    /^Please install \S+ package manually/.test(message)
      ? "Install the package, and put it into the zip by include: it is loaded by a name that is computed."
      : null,
  (failure, scene) =>
    isOfLoader(failure) && !isOlder(scene) && !scene.altered
      ? "Correct the source, or lower target; where a name is not exported, the package may be CommonJS: import it as a default."
      : null,
  ({ code }) =>
    WRONG_FORM.has(code ?? "")
      ? 'Let it be bundled instead of left out, or set format: "esm", in which both kinds can be imported.'
      : null,
  ({ message }) =>
    /^Dynamic require of .* is not supported/.test(message)
      ? "The code was bundled before, for another format: bundle from its sources, or add a require of createRequire(import.meta.url) there."
      : null,
  ({ name, message }, scene) =>
    name === "ReferenceError" && / is not defined/.test(message) && !isOlder(scene)
      ? "The code counts on something that is not there: a name that nothing declares, a browser's global, or one of the other module format."
      : null,
  (failure, { root }) => {
    const lacking = lackingFile(failure, root);
    return lacking === null ? null : `Put the file into the zip: assets: [{ from: "…", to: "${lacking}" }].`;
  },
  ({ name, message }, scene) =>
    name === "TypeError" &&
    / is not a (?:constructor|function)\b|^Class extends value /.test(message) &&
    !isOlder(scene) &&
    !scene.altered
      ? "Mostly an import that gives the module's namespace where its default is meant, or the other way round: see the places above."
      : null,
];

/** Paths as the package has them, and no more than six lines. */
function readable(message: string, root: string): string {
  const short = message
    .replaceAll(`file://${root}/`, "")
    .replaceAll(`${root}/`, "")
    .replace(/\nRequire stack:[\s\S]*/, "");
  const lines = short.split("\n");
  return lines.length > 6 ? [...lines.slice(0, 6), "…"].join("\n") : short;
}

/** A failure in words: its class, where that says something, and its message. */
export function reasonOf({ name, message }: Failure, root: string): string {
  const text = readable(message, root);
  return ["", "Error"].includes(name) || text.startsWith(name) ? text : `${name}: ${text}`;
}

function withCauses(failure: Failure): Failure[] {
  return failure.cause === null ? [failure] : [failure, ...withCauses(failure.cause)];
}

/** Whether a failure only says that the network is off. */
export function isOff(failure: Failure): boolean {
  return withCauses(failure).some(({ code }) => code === OFF);
}

/**
 * Tells whether a failure is the package's own: something that is not in the zip, or that Node.js cannot load as it stands there. `null`
 * for what the module itself throws, which may well not happen in Lambda.
 */
export function faultOf(failure: Failure, scene: Scene): Fault | null {
  for (const each of withCauses(failure)) {
    for (const rule of RULES) {
      const hint = rule(each, scene);
      if (hint !== null) return { reason: reasonOf(each, scene.root), hint };
    }
  }
  return null;
}
