import { readdirSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { findFiles, statOf } from "@sluice/artifact";
import { nearestOf, type SluiceError } from "@sluice/core";
import type { PythonRun } from "../run.ts";
import { distributionOf, successorOf } from "./distributions.ts";
import { NEVER_LOOKED_AT } from "./entry.ts";
import { importUnresolved } from "./errors.ts";
import type { OwnSources } from "./list-sources.ts";
import type { ForeignImport } from "./reach.ts";
import { addedIn, isStandard, removedIn } from "./standard-library.ts";

/** What the function's dependencies and layers give. */
export interface Available {
  /** First parts of the names of their modules: `PIL`, `numpy`. */
  readonly names: ReadonlySet<string>;
  /** The file that dependencies are written down in, relative to the root; `null` for none. */
  readonly requirements: string | null;
}

export interface ImportReview {
  /** One for each module that the handler does not load without. */
  readonly errors: readonly SluiceError[];
  readonly notices: readonly string[];
}

/**
 * What every Python runtime has beside the standard library (AWS Lambda Developer Guide, "Working with .zip file archives for Python
 * Lambda functions", "Runtime-included libraries"; the last three are those of the runtime's own client).
 */
const IN_RUNTIME: ReadonlySet<string> = new Set(
  "boto3 botocore dateutil jmespath s3transfer six urllib3 awslambdaric runtime_client snapshot_restore_py".split(
    " ",
  ),
);
/** In the runtimes from Python 3.13 on (the same guide, "Supported runtimes for durable functions"). */
const DURABLE = "aws_durable_execution_sdk_python";
/** Those whose version matters to whoever calls them: told. */
const SDK: ReadonlySet<string> = new Set(["boto3", "botocore", DURABLE]);

function isInRuntime(module: string, minor: number): boolean {
  const first = module.split(".")[0] ?? "";
  return IN_RUNTIME.has(first) || (first === DURABLE && minor >= 13);
}

function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

function isProvided(provided: readonly string[], module: string): boolean {
  const first = module.split(".")[0] ?? module;
  const names = new Set([first, module, distributionOf(module)].map(normalized));
  return provided.some((name) => names.has(normalized(name)));
}

function placeOf(run: PythonRun, { file, line }: ForeignImport): string {
  return `${relative(run.root, file).replaceAll(sep, "/")}:${line}`;
}

function removedHint(module: string, version: number): string {
  const successor = successorOf(module);
  const left = `It left the standard library with Python 3.${version}`;
  if (module === "imp") return `${left}: use importlib instead.`;
  return successor === null
    ? `${left}: do without it.`
    : `${left}: add ${successor} to the requirements, which has it.`;
}

function hintFor(run: PythonRun, each: ForeignImport, { requirements }: Available): string {
  const first = each.module.split(".")[0] ?? each.module;
  const removed = removedIn(first, run.target.minor);
  if (removed !== null) return removedHint(first, removed);
  const added = addedIn(first, run.target.minor);
  const later = added === null ? "" : ` The standard library has it from Python 3.${added} on.`;
  const own = ownNamespace(run, each);
  if (own !== null) return own;
  const file = requirements ?? "a requirements.txt beside the entry";
  const [same] = findFiles(run, [`**/${first}.py`, `**/${first}/__init__.py`], { ignore: NEVER_LOOKED_AT });
  const elsewhere =
    same === undefined
      ? ""
      : ` Or is ${same} meant? It stands where imports of ${basename(each.file)} do not lead: import it by its whole name.`;
  return `Add ${distributionOf(each.module)} to ${file}; where the runtime or a layer of someone else's has it, name it: provided: ["${first}"].${elsewhere}${later}`;
}

/** Where the first part is a folder of the repository without `__init__.py`: the module that is meant, or that there is none. */
function ownNamespace(run: PythonRun, { file, module }: ForeignImport): string | null {
  const [first = "", second] = module.split(".");
  const folder = [dirname(file), run.root]
    .map((each) => join(each, first))
    .find((each) => statOf(each)?.isDirectory());
  if (folder === undefined || second === undefined) return null;
  const names = namesBeside(folder);
  if (names.length === 0) return null;
  const near = nearestOf(second, names);
  const shown = relative(run.root, folder).replaceAll(sep, "/");
  return near === null
    ? `${shown} has no module ${second}: correct the name, or add the module.`
    : `Did you mean ${first}.${near}?`;
}

function namesBeside(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".py") && name !== "__init__.py");
  return names.map((name) => name.slice(0, -".py".length));
}

/** The error of an own module that is not there. */
function missingOwn(
  run: PythonRun,
  each: ForeignImport,
  within: NonNullable<ForeignImport["within"]>,
): SluiceError {
  const where = placeOf(run, each);
  const part = each.module.slice(within.name.length + 1).split(".")[0] ?? "";
  const near = nearestOf(part, namesBeside(within.folder));
  const folder = relative(run.root, within.folder).replaceAll(sep, "/");
  const message = within.isPackage
    ? `${where} imports ${each.module}, and ${folder === "" ? "the root" : folder} has no module ${part}.`
    : `${where} imports ${each.module}, and ${within.name} is a module, not a package.`;
  const hint =
    near === null
      ? "Correct the name, or add the module; one that a build makes must be there first."
      : `Did you mean ${within.name}.${near}?`;
  return importUnresolved(run.fn.name, message, hint, where);
}

function missingPackage(run: PythonRun, each: ForeignImport): SluiceError {
  const where = placeOf(run, each);
  return importUnresolved(
    run.fn.name,
    `${where} imports ${each.module}, and ${basename(each.file)} stands in no package that has so many levels in the deployment package.`,
    "Import it by its whole name; or add __init__.py to the folders, and give the entry as module:function.",
    where,
  );
}

function errorOf(run: PythonRun, each: ForeignImport, available: Available, others: number): SluiceError {
  if (each.module.startsWith(".")) return missingPackage(run, each);
  if (each.within !== null) return missingOwn(run, each, each.within);
  const where = placeOf(run, each);
  const more = others === 0 ? "" : ` So ${others === 1 ? "does 1 more place" : `do ${others} more places`}.`;
  const message = `${where} imports ${each.module}, which is neither in the repository nor in Python 3.${run.target.minor}, and no dependency gives it.${more}`;
  return importUnresolved(run.fn.name, message, hintFor(run, each, available), where);
}

/** An own package that finds its modules in ways of its own is taken at its word. */
function isExtended(sources: OwnSources, each: ForeignImport): boolean {
  return each.within !== null && sources.extended.includes(each.within.name);
}

function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function sdkNotice(run: PythonRun, used: readonly ForeignImport[]): string[] {
  const names = [...new Set(used.map((each) => each.module.split(".")[0] ?? ""))]
    .filter((name) => SDK.has(name))
    .sort();
  if (names.length === 0) return [];
  return [
    `${run.fn.name}: ${listOf(names)} ${names.length === 1 ? "is" : "are"} left to the runtime: what version ${run.target.runtime} has is AWS's to choose and to change. To fix it, add ${listOf(names.map(distributionOf))} to the requirements.`,
  ];
}

function lateNotice(run: PythonRun, late: readonly ForeignImport[]): string[] {
  const places = new Map<string, string>();
  for (const each of late) if (!places.has(each.module)) places.set(each.module, placeOf(run, each));
  if (places.size === 0) return [];
  const listed = [...places].slice(0, 5).map(([module, place]) => `${module} (${place})`);
  const more = places.size > 5 ? ` and ${places.size - 5} more` : "";
  return [
    `${run.fn.name}: nothing provides what is imported late or with a way around: ${listed.join(", ")}${more}. Where such an import is reached, it fails.`,
  ];
}

function shadowNotices(run: PythonRun, sources: OwnSources, { names }: Available): string[] {
  return sources.topLevel.flatMap((name) => {
    const file = sources.files.find(
      ({ to }) => to === `${name}.py` || to.startsWith(`${name}/`) || to.startsWith(`${name}.`),
    );
    if (file === undefined) return [];
    const shown = relative(run.root, file.from).replaceAll(sep, "/");
    if (isStandard(name, run.target.minor))
      return [
        `${run.fn.name}: ${shown} has the name of the standard library's ${name}: one of the two hides the other. Rename it.`,
      ];
    if (!names.has(name)) return [];
    return [
      `${run.fn.name}: ${shown} has the name of ${name}, a module of a dependency: one of the two hides the other. Rename it.`,
    ];
  });
}

/** What one error is about: a package that nothing gives, or one module of an own package. */
function nameOf({ module, within }: ForeignImport): string {
  return within === null && !module.startsWith(".") ? (module.split(".")[0] ?? module) : module;
}

/**
 * Judges the imports that no own module answers. What loading the handler needs for certain, and nothing gives, is an error; what is
 * imported late, in `try` or under a condition is told.
 */
export function unresolvedImports(run: PythonRun, sources: OwnSources, available: Available): ImportReview {
  const isGiven = (each: ForeignImport): boolean => {
    const first = each.module.split(".")[0] ?? "";
    if (each.within !== null) return isExtended(sources, each);
    if (first === "__main__" || isStandard(first, run.target.minor)) return true;
    return available.names.has(first) || isProvided(run.fn.provided, each.module);
  };
  const open = sources.foreign.filter((each) => !isGiven(each));
  const isLeft = (each: ForeignImport): boolean =>
    each.within === null && isInRuntime(each.module, run.target.minor);
  const lacking = open.filter((each) => !isLeft(each));
  const certain = lacking.filter(
    (each) => each.when === "load" && (each.within === null || each.within.isPackage),
  );
  const byName = new Map<string, ForeignImport[]>();
  for (const each of certain) byName.set(nameOf(each), [...(byName.get(nameOf(each)) ?? []), each]);
  return {
    errors: [...byName.values()].flatMap(([first, ...rest]) =>
      first === undefined ? [] : [errorOf(run, first, available, rest.length)],
    ),
    notices: [
      ...sdkNotice(run, open.filter(isLeft)),
      ...lateNotice(
        run,
        lacking.filter((each) => !certain.includes(each) && !each.module.startsWith(".")),
      ),
      ...shadowNotices(run, sources, available),
    ],
  };
}
