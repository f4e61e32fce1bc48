import type { ResolvedFunction } from "@sluice/core";
import { nodeMajor } from "../node/options.ts";
import { bootstrapMissing, bootstrapNotExecutable, handlerMissing } from "./errors.ts";

/** A file of a package, as far as it matters to whoever starts it. */
export interface StartableFile {
  readonly path: string;
  readonly executable: boolean;
}

/** Whether what is started has to stand at the package's top under this name. */
export function startsBootstrap(fn: ResolvedFunction): boolean {
  return fn.runtime.startsWith("provided");
}

/**
 * Where the Node.js runtime looks for a module, relative to the package: the last segment of the handler string up to its first dot,
 * without and with an extension, then as an installed package (aws-lambda-nodejs-runtime-interface-client 3.3, `_tryRequire`).
 */
function nodePlaces(handler: string): string[] {
  const module = /^((?:[^/]+\/)*[^/.]+)\./.exec(handler)?.[1] ?? handler;
  return [`${module}.js`, `${module}.mjs`, `${module}.cjs`, module, `node_modules/${module}`];
}

/** Where Python's importer finds a module or package: `rsplit(".", 1)`, slashes as dots (awslambdaric, `bootstrap.py`). */
function pythonPlaces(handler: string): string[] {
  const module = handler.slice(0, handler.lastIndexOf(".")).replaceAll(".", "/");
  return [`${module}.py`, module];
}

/**
 * Whether one of the places is a file or a folder with files. Python's compiled modules have tags before their extension:
 * `name.cpython-313-x86_64-linux-gnu.so`.
 */
function holdsOne(files: readonly StartableFile[], places: readonly string[], compiled: boolean): boolean {
  return files.some(({ path }) =>
    places.some(
      (place) =>
        path === place ||
        path.startsWith(`${place}/`) ||
        (compiled && path.startsWith(`${place}.`) && /\.(so|pyc)$/.test(path)),
    ),
  );
}

/**
 * Checks that a package holds what its declared runtime starts. Without a declared runtime nothing is known; Java, .NET and
 * Ruby have too many ways; an absolute handler (`/opt/…`) is a layer's.
 *
 * @throws `SLUICE_HANDLER_MISSING`, `SLUICE_BOOTSTRAP_NOT_EXECUTABLE`
 */
export function checkStartable(fn: ResolvedFunction, files: readonly StartableFile[]): void {
  if (!fn.runtimeDeclared || fn.handler.startsWith("/")) return;
  if (startsBootstrap(fn)) {
    const bootstrap = files.find(({ path }) => path === "bootstrap");
    if (bootstrap === undefined) throw bootstrapMissing(fn);
    if (!bootstrap.executable) throw bootstrapNotExecutable(fn);
    return;
  }
  const handler = fn.handler.replace(/^\.\//, "");
  if (nodeMajor(fn.runtime) !== null) {
    const places = nodePlaces(handler);
    if (!holdsOne(files, places, false)) throw handlerMissing(fn, places.slice(0, 3));
  } else if (fn.runtime.startsWith("python")) {
    const places = pythonPlaces(handler);
    if (!holdsOne(files, places, true)) throw handlerMissing(fn, places.slice(0, 1));
  }
}
