import type { Cause, Owner } from "../cause.ts";

/** What is known of a Python function that did not pass. */
export interface FailedPython {
  /** Error code; `null` for what was bundled and could not be proved. */
  readonly code: string | null;
  readonly message: string;
  readonly hint: string;
  /** Whether its repository attaches layers to it. */
  readonly layered: boolean;
}

const cause = (owner: Owner, name: string): Cause => ({ owner, name });

type Rule = readonly [
  code: string | null,
  applies: RegExp | ((failed: FailedPython) => boolean),
  cause: Cause,
];

const LEFT_LIBRARY = /left the standard library with Python/;

/** The first that fits decides. */
const RULES: readonly Rule[] = [
  [
    "SLUICE_PYTHON_IMPORT_UNRESOLVED",
    /imports \{\{/,
    cause("project", "a generator's template, with placeholders"),
  ],
  ["SLUICE_PYTHON_REQUIREMENT_INVALID", /\{%/, cause("project", "a generator's template, with placeholders")],
  [
    "SLUICE_PYTHON_NO_WHEEL",
    /./,
    cause("surroundings", "requires a version that has no wheel for the runtime"),
  ],
  ["SLUICE_PYTHON_PACKAGE_UNKNOWN", /./, cause("project", "requires a package that the index does not have")],
  ["SLUICE_PYTHON_VERSION_UNKNOWN", /./, cause("project", "requires a version that the index does not have")],
  ["SLUICE_PYTHON_CONFLICT", /./, cause("project", "requirements that exclude each other")],
  ["SLUICE_PYTHON_RUNTIME_EXCLUDED", /./, cause("project", "excludes the runtime by requires-python")],
  ["SLUICE_PYTHON_LOCK_STALE", /./, cause("project", "its lockfile is not up to date")],
  ["SLUICE_PYTHON_GIT_SOURCE", /./, cause("surroundings", "requires a package from git")],
  ["SLUICE_PYTHON_REQUIREMENT_PATH", /./, cause("project", "requires a path that is not in the repository")],
  [
    "SLUICE_PYTHON_REQUIREMENT_INVALID",
    /./,
    cause("project", "a line of its requirements that no tool reads"),
  ],
  ["SLUICE_PYTHON_SYNTAX_ERROR", /./, cause("project", "syntax error")],
  [
    "SLUICE_PYTHON_HANDLER_NOT_DEFINED",
    /./,
    cause("project", "its module does not define the function that its template names"),
  ],
  [
    "SLUICE_PYTHON_IMPORT_UNRESOLVED",
    /imports chalice,/,
    cause("surroundings", "Chalice, which puts itself into the packages that it makes"),
  ],
  [
    "SLUICE_PYTHON_IMPORT_UNRESOLVED",
    ({ hint }) => LEFT_LIBRARY.test(hint),
    cause("project", "imports what has left the standard library"),
  ],
  [
    "SLUICE_PYTHON_IMPORT_UNRESOLVED",
    /has no module|is a module, not a package/,
    cause("project", "imports a file that is not there"),
  ],
  [
    "SLUICE_PYTHON_IMPORT_UNRESOLVED",
    ({ hint }) => /It stands where imports of/.test(hint),
    cause("project", "imports a file of its repository by a name that only a copy of it elsewhere has"),
  ],
  [
    "SLUICE_PYTHON_IMPORT_UNRESOLVED",
    ({ layered }) => layered,
    cause("surroundings", "imports what a layer of its gives"),
  ],
  [
    "SLUICE_PYTHON_IMPORT_UNRESOLVED",
    /neither in the repository nor/,
    cause("project", "imports a package that it does not declare"),
  ],
  [
    "SLUICE_ARTIFACT_TOO_LARGE",
    /./,
    cause("project", "requires more than the 250 MB that a function may have"),
  ],
  [
    "SLUICE_PYTHON_IMPORT_FAILED",
    /cannot import name/,
    cause("project", "its requirements allow a version that lacks what it imports"),
  ],
  [
    "SLUICE_PYTHON_MODULE_MISSING",
    ({ hint }) => !/slim: false/.test(hint),
    cause("project", "a package imports another that nothing requires"),
  ],
  [null, /what is off in the check/, cause("surroundings", "calls the network while it is loaded")],
  [null, /were not loaded to check them/, cause("surroundings", "this machine cannot load it")],
  [null, /throws while it is loaded/, cause("surroundings", "throws without its own environment")],
  [null, /ends the process/, cause("surroundings", "ends the process without its own environment")],
];

/** Tells why a Python function did not pass, and whose fault it is. */
export function pythonCauseOf(failed: FailedPython): Cause {
  const rule = RULES.find(
    ([code, applies]) =>
      code === failed.code &&
      (typeof applies === "function" ? applies(failed) : applies.test(failed.message)),
  );
  return rule?.[2] ?? cause("open", failed.code ?? "not proved");
}
