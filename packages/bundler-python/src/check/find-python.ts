import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Architecture } from "@sluice/core";
import { interpreterUnfit } from "./errors.ts";
import { type Candidate, pythonPlaces } from "./python-places.ts";

/** A CPython on this machine, not a free-threaded one: Lambda's is not, and extensions fit one kind alone. */
export interface Python {
  /** Absolute path of the interpreter itself, never of a shim. */
  readonly path: string;
  /** As `3.13.1`. */
  readonly version: string;
  readonly minor: number;
  /** What its processes run on; `null` for what Lambda does not have. */
  readonly architecture: Architecture | null;
  /** As `sys.platform`: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** Whether it is linked against glibc, as those of Lambda are. */
  readonly glibc: boolean;
}

export interface PythonSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Older ones cannot run what the check runs. */
const OLDEST = 8;

/** Of the interpreter's process: a 32-bit Python on a 64-bit machine is no match. */
const PROBE = `import json, os, sys
try:
    libc = os.confstr("CS_GNU_LIBC_VERSION")
except Exception:
    libc = None
machine = os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "")
print(json.dumps({
    "executable": sys.executable, "version": list(sys.version_info[:3]), "platform": sys.platform,
    "machine": machine if sys.maxsize > 2 ** 32 else "", "glibc": bool(libc and libc.startswith("glibc")),
    "cpython": sys.implementation.name == "cpython", "threads": "t" in getattr(sys, "abiflags", ""),
}))`;

interface Told {
  readonly executable: string;
  readonly version: readonly [number, number, number];
  readonly platform: string;
  readonly machine: string;
  readonly glibc: boolean;
  readonly cpython: boolean;
  readonly threads: boolean;
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x86_64: "x86_64",
  amd64: "x86_64",
  aarch64: "arm64",
  arm64: "arm64",
};

/** Asks a Python what it is; whatever does not answer is none, as a shim of pyenv whose version is not installed. */
async function probe(
  search: PythonSearch,
  path: string,
  before: readonly string[] = [],
): Promise<Python | null> {
  const isThere = (await stat(path).catch(() => null))?.isFile() === true;
  if (!isThere && before.length === 0) return null;
  try {
    const { stdout } = await promisify(execFile)(path, [...before, "-I", "-S", "-c", PROBE], {
      env: search.env as NodeJS.ProcessEnv,
      signal: search.signal,
      timeout: 20_000,
      windowsHide: true,
    });
    const told = JSON.parse(stdout) as Told;
    const [major, minor] = told.version;
    if (!told.cpython || told.threads || major !== 3 || minor < OLDEST || told.executable === "") return null;
    return {
      path: told.executable,
      version: told.version.join("."),
      minor,
      architecture: ARCHITECTURES[told.machine.toLowerCase()] ?? null,
      platform: told.platform,
      glibc: told.glibc,
    };
  } catch {
    search.signal.throwIfAborted();
    return null;
  }
}

async function firstOf(
  search: PythonSearch,
  candidates: readonly Candidate[],
  fits: (python: Python) => boolean,
): Promise<Python | null> {
  for (const { path } of candidates) {
    const found = await probe(search, path);
    if (found !== null && fits(found)) return found;
  }
  return null;
}

/** The launcher of python.org for Windows. */
function launcher(env: PythonSearch["env"]): string {
  return join(env["WINDIR"] ?? env["SystemRoot"] ?? "C:\\Windows", "py.exe");
}

async function search(options: PythonSearch, minor: number): Promise<Python | null> {
  const variable = `SLUICE_PYTHON_3_${minor}`;
  const named = options.env[variable];
  const fits = (python: Python): boolean => python.minor === minor;
  if (named) {
    const python = await firstOf(options, [{ path: named, minor }], fits);
    if (python === null) throw interpreterUnfit(variable, named, minor);
    return python;
  }
  const places = (await pythonPlaces(options.env)).filter(
    (each) => each.minor === null || each.minor === minor,
  );
  const found = await firstOf(options, places, fits);
  if (found !== null || process.platform !== "win32") return found;
  const launched = await probe(options, launcher(options.env), [`-3.${minor}`]);
  return launched !== null && fits(launched) ? launched : null;
}

/** Those that variables name. */
function namedIn(env: PythonSearch["env"]): Candidate[] {
  return Object.entries(env).flatMap(([name, path]) => {
    const minor = /^SLUICE_PYTHON_3_(\d+)$/.exec(name)?.[1];
    return minor === undefined || !path ? [] : [{ path, minor: Number(minor) }];
  });
}

/** What was found for an environment; a run has one. */
const known = new WeakMap<object, Map<string, Promise<Python | null>>>();

/** What was cancelled is not remembered: another run may share the environment. */
function once(
  env: PythonSearch["env"],
  key: string,
  find: () => Promise<Python | null>,
): Promise<Python | null> {
  const ofEnv = known.get(env) ?? new Map<string, Promise<Python | null>>();
  known.set(env, ofEnv);
  const remembered = ofEnv.get(key);
  if (remembered !== undefined) return remembered;
  const found = find();
  ofEnv.set(key, found);
  found.catch(() => ofEnv.delete(key));
  return found;
}

/**
 * Finds a CPython of a minor version without installing anything: the one that `SLUICE_PYTHON_3_<minor>` names, else on the PATH
 * and in its usual folders, of pyenv, uv, asdf, mise, GitHub's runners, Homebrew, python.org, conda and Windows' launcher. Searched
 * once for each `env`.
 *
 * @throws `SLUICE_PYTHON_INTERPRETER_UNFIT` when the variable names something else; the signal's reason when cancelled
 */
export function findPython(options: PythonSearch & { readonly minor: number }): Promise<Python | null> {
  return once(options.env, String(options.minor), () => search(options, options.minor));
}

/** Finds the newest CPython of this machine, 3.8 or later: for what does not depend on its version. Searched once for each `env`. */
export function anyPython(options: PythonSearch): Promise<Python | null> {
  return once(options.env, "any", async () => {
    const places = await pythonPlaces(options.env);
    const newest = [...namedIn(options.env), ...places].toSorted(
      (one, other) => (other.minor ?? 0) - (one.minor ?? 0),
    );
    return firstOf(options, newest, () => true);
  });
}
