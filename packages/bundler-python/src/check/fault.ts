import { adviceForLibrary, adviceForModule } from "./advice.ts";
import type { Failure, Place } from "./job.ts";

/** Something that would keep the handler from loading in Lambda, too. */
export interface Fault {
  readonly kind: "syntax" | "module" | "library" | "import";
  /** What is wrong, without the function's name. */
  readonly reason: string;
  /** What to do about it. */
  readonly hint: string;
  /** Innermost last. */
  readonly places: readonly Place[];
}

/** What has to be known of a check to tell a fault of the package from one of the check. */
export interface Scene {
  /** Minor version of the function's Python. */
  readonly minor: number;
  /** Whether something ran that Lambda would not: a stub, or a failing network. */
  readonly altered: boolean;
  /** Names of modules, in lower case, that the runtime or a layer has. */
  readonly standIns: readonly string[];
  /** Whether a top-level module, or package, is in the zip. */
  readonly has: (module: string) => boolean;
}

type Rule = (failure: Failure, scene: Scene) => Pick<Fault, "kind" | "hint"> | null | "not-sure";

const LACKS_LIBRARY =
  /([\w.+-]+\.so[.\d]*): cannot open shared object file|cannot load library '([^']+)'|Could not find module '([^']+)'/;

function isImportError({ kinds }: Failure): boolean {
  return kinds.includes("ImportError");
}

const IMPORT_HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /attempted relative import/,
    "The handler's module is at the top of the package, where `from .` leads nowhere: import by the full name, or let handler name the module with its package, as orders/app.handler.",
  ],
  [
    /circular import|partially initialized/,
    "Two modules import each other: move one of the imports into the function that needs it.",
  ],
  [
    /cannot import name/,
    "The module is there, but has no such name: look which version of it the package holds, or correct the import.",
  ],
  [
    /undefined symbol|invalid ELF header|wrong ELF class/,
    "The machine code does not fit: look which version of the package is packed for the function's Python and architecture.",
  ],
];

/** In the order in which they are tried. `not-sure` ends the search: the failure is this machine's. */
const RULES: readonly Rule[] = [
  ({ syntax }) =>
    syntax !== null && syntax.file !== null
      ? { kind: "syntax", hint: "Correct the source: the runtime's Python would not load it, either." }
      : null,
  ({ kinds, message }, { standIns }) => {
    if (!kinds.includes("PackageNotFoundError")) return null;
    const name = /found for '?([\w.-]+)/.exec(message)?.[1] ?? message;
    if (standIns.includes(name.toLowerCase().replace(/[-_.]+/g, "_"))) return "not-sure";
    return {
      kind: "import",
      hint: `The metadata of ${name} is not packed: add it to the function's requirements.`,
    };
  },
  ({ missing, ofPython }, { minor, has }) => {
    if (missing === null) return null;
    if (ofPython) return "not-sure";
    const isPartOf = missing.includes(".") && has(missing.split(".")[0] ?? "");
    return { kind: "module", hint: adviceForModule(missing, minor, isPartOf) };
  },
  ({ message }) => {
    // This machine's C library may be older than Amazon Linux's.
    if (/GLIBC\S* not found|version .(?:GLIBC|CXXABI)/.test(message)) return "not-sure";
    const [, one, two, three] = LACKS_LIBRARY.exec(message) ?? [];
    const name = one ?? two ?? three;
    if (name === undefined) return null;
    const hint = adviceForLibrary(name);
    return hint === null ? "not-sure" : { kind: "library", hint };
  },
  (failure, { altered }) => {
    if (!isImportError(failure)) return null;
    const hint = IMPORT_HINTS.find(([pattern]) => pattern.test(failure.message))?.[1];
    // As that of a package which looks for a program.
    if (hint === undefined && altered) return "not-sure";
    return { kind: "import", hint: hint ?? "Lambda would not load it, either: see the places above." };
  },
  ({ kinds }, { altered }) =>
    kinds.includes("NameError") && !altered
      ? { kind: "import", hint: "Nothing defines the name before it is used: an import may be missing." }
      : null,
  ({ kinds, message }, { altered }) =>
    kinds.includes("AttributeError") && /^(?:partially initialized )?module '/.test(message) && !altered
      ? {
          kind: "import",
          hint: "The module has no such name in the version that is packed, or two modules import each other, or a file of the package hides the module that is meant.",
        }
      : null,
  ({ kinds, message }) =>
    kinds.includes("OSError") && message.startsWith("[Errno 30]")
      ? { kind: "import", hint: "In Lambda, only /tmp can be written to: let the module write there." }
      : null,
  ({ kinds, path }) =>
    path !== null &&
    kinds.includes("OSError") &&
    (kinds.includes("FileNotFoundError") || kinds.includes("NotADirectoryError"))
      ? { kind: "import", hint: `Put the file into the package: assets: [{ from: "…", to: "${path}" }].` }
      : null,
];

/** A failure in words, six lines at most: its class, where that says something, and its message. `root` is left out of paths. */
export function reasonOf({ type, message, syntax }: Failure, root: string): string {
  const lines = message.replaceAll(`${root}/`, "").trim().split("\n");
  const text = (lines.length > 6 ? [...lines.slice(0, 6), "…"] : lines).join("\n");
  const hasClass = syntax === null && !["ImportError", "ModuleNotFoundError"].includes(type);
  if (text === "") return type;
  return hasClass ? `${type}: ${text}` : text;
}

/** What a library says when it cannot import something names less than the failure behind it does. */
function behind(failure: Failure): Failure | null {
  if (failure.missing !== null || failure.cause === null) return null;
  return failure.explicit || (isImportError(failure) && isImportError(failure.cause)) ? failure.cause : null;
}

function placesOf({ syntax, frames }: Failure): readonly Place[] {
  return syntax !== null && syntax.file !== null ? [...frames, { ...syntax, file: syntax.file }] : frames;
}

/**
 * Tells whether a failure is the package's own: something that is not in the zip, or that Python cannot load as it stands there. `null`
 * for what the module itself throws, which may well not happen in Lambda.
 */
export function faultOf(failure: Failure, scene: Scene, root: string): Fault | null {
  const inner = behind(failure);
  if (inner !== null) {
    const found = faultOf(inner, scene, root);
    const reason = reasonOf(failure, root);
    if (found !== null) {
      const isTold = reason.includes(found.reason);
      return {
        ...found,
        reason: isTold ? reason : `${reason} (${found.reason})`,
        places: [...placesOf(failure), ...found.places],
      };
    }
  }
  for (const rule of RULES) {
    const found = rule(failure, scene);
    if (found === "not-sure") return null;
    if (found !== null) return { ...found, reason: reasonOf(failure, root), places: placesOf(failure) };
  }
  return null;
}
