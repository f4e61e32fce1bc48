import { findPython } from "../check/find-python.ts";
import type { PythonRun } from "../run.ts";
import { compiledNeedsPython, compileFailed } from "./errors.ts";
import { normalizeMarshal } from "./marshal.ts";
import { runCompiler } from "./run-compiler.ts";

interface CompilableFile {
  /** Relative to the folder that imports start from, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly deflated: Uint8Array | null;
  readonly executable: boolean;
}

export interface CompiledModules<F extends CompilableFile> {
  readonly files: readonly F[];
  /** Version of the Python that compiled them: other versions of the same minor may give other bytes. */
  readonly tools: { readonly python: string };
  /** Absolute path of that Python. */
  readonly interpreter: string;
}

/** What `import` can find: other names are of templates and data, which are read as they are. */
const MODULE = /^(?:[A-Za-z_]\w*\/)*[A-Za-z_]\w*\.py$/;

/** Packages that read their own sources while they run, most of them to compile these in their own way; OpenCV finds itself by them. */
const NEED_SOURCES = /^(?:torch|torchvision|torchaudio|triton|tensorflow|numba|llvmlite|taichi|cv2)\//;

/** Before the marshalled code: magic number, flags, and hash of the source. */
const HEADER = 16;

/** Its bytes as they are wherever and whenever it was compiled; `null` for what is not understood. */
function normalize(module: Uint8Array, minor: number): Uint8Array | null {
  const code = normalizeMarshal(module.subarray(HEADER), minor);
  return code && Buffer.concat([module.subarray(0, HEADER), code]);
}

function canCompile({ path }: CompilableFile): boolean {
  return MODULE.test(path) && !NEED_SOURCES.test(path);
}

/**
 * Puts compiled modules in the place of sources: `app.pyc` where `app.py` was, from where Python imports them without a source.
 * Asserts and docstrings stay, and tracebacks name files and lines. What cannot be imported by its name, is not Python of this version, or
 * is of a package that reads its own sources, stays as it is.
 *
 * @param folder - where the files are at run time, as `/var/task`: with it the modules name themselves in tracebacks
 * @throws `SLUICE_PYTHON_COMPILED_NEEDS_PYTHON`, `SLUICE_PYTHON_COMPILE_FAILED`, the signal's reason when cancelled
 */
export async function compileModules<F extends CompilableFile>(
  run: PythonRun,
  files: readonly F[],
  folder = "/var/task",
): Promise<CompiledModules<F>> {
  const { env, signal } = run.context;
  const { minor } = run.target;
  const python = await findPython({ env, signal, minor });
  if (python === null) throw compiledNeedsPython(run);
  const compilable = files.filter(canCompile);
  const sources = compilable.map(({ path, bytes }) => ({ path: `${folder}/${path}`, bytes }));
  const { modules, end } = await runCompiler(python, sources, { env, signal });
  if (modules.length < sources.length || end !== "exit code 0")
    throw compileFailed(run, python.path, compilable[modules.length]?.path ?? null, end);
  const compiled = new Map<string, Uint8Array>();
  for (const [index, { path }] of compilable.entries()) {
    const module = modules[index];
    const bytes = module ? normalize(module, minor) : null;
    if (bytes !== null) compiled.set(path, bytes);
  }
  const replaced = new Set([...compiled.keys()].map((path) => `${path}c`));
  const kept = files.filter(({ path }) => !replaced.has(path));
  return {
    files: kept.map((file) => {
      const bytes = compiled.get(file.path);
      return bytes === undefined
        ? file
        : { ...file, path: `${file.path}c`, bytes, deflated: null, executable: false };
    }),
    tools: { python: python.version },
    interpreter: python.path,
  };
}
