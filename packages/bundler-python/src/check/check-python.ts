import { withSlot } from "@sluice/artifact";
import { joinErrors, type RunContext, type SluiceError } from "@sluice/core";
import type { PythonRun } from "../run.ts";
import { type Attempted, attempt } from "./attempts.ts";
import type { CheckOptions, PackageFile } from "./check-options.ts";
import type { Python } from "./find-python.ts";
import type { Failure, Job } from "./job.ts";
import { type CheckScene, INIT_SECONDS } from "./judge.ts";
import { lambdaEnvironment, type Stage } from "./lambda-environment.ts";
import { isCertain } from "./newer-syntax.ts";
import { type Ran, runChild } from "./run-child.ts";
import { type Shelves, withStage } from "./scratch.ts";
import { standInsFor } from "./stand-ins.ts";
import { type Means, meansFor } from "./subject.ts";
import { syntaxErrors, tell } from "./tell.ts";

export type { CheckOptions, PackageFile } from "./check-options.ts";

/** What the checks of one run share. */
interface CheckSession {
  readonly shelves: Shelves;
  /** Notices that are given once. */
  readonly told: Set<string>;
}

const sessions = new WeakMap<RunContext, CheckSession>();

function sessionOf(context: RunContext): CheckSession {
  const session = sessions.get(context) ?? { shelves: new Map(), told: new Set<string>() };
  sessions.set(context, session);
  return session;
}

function* allFiles(files: readonly PackageFile[], options: CheckOptions): Generator<PackageFile> {
  yield* files;
  yield* options.dependencies?.files ?? [];
  for (const layer of options.layers ?? []) yield* layer.files;
}

/** Names of the modules and packages at the top of a package and its layers. */
function topLevel(files: Iterable<PackageFile>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { path } of files) {
    const inPath = path.replace(/^python\/(?:lib\/python3\.\d+\/site-packages\/)?/, "");
    names.add(/^[^/.]+/.exec(inPath)?.[0] ?? "");
  }
  return names;
}

/** What is done for one function. */
interface Work {
  readonly run: PythonRun;
  readonly options: CheckOptions;
  readonly files: readonly PackageFile[];
}

function start(work: Work, python: Python, stage: Stage, isKept: boolean, job: Partial<Job>): Promise<Ran> {
  const { run, options, files } = work;
  const own = files.map(({ path }) => path).filter((path) => options.sources.has(path));
  const child = {
    python: python.path,
    cwd: stage.root,
    env: lambdaEnvironment(run, options, stage, python.path),
    signal: run.context.signal,
    timeoutMs: INIT_SECONDS * 1000,
    keepCompiled: isKept,
  };
  const { root, layers } = stage;
  const standIns = standInsFor(options.provided, run.target.minor);
  return runChild(child, { root, layers, handler: null, own, standIns, placeholders: "none", ...job });
}

function sceneOf({ run, options, files }: Work, stage: Stage): CheckScene {
  let names: ReadonlySet<string> | null = null;
  const has = (module: string): boolean => {
    names ??= topLevel(allFiles(files, options));
    return names.has(module);
  };
  return {
    root: stage.root,
    handler: options.handler,
    minor: run.target.minor,
    has,
    standIns: standInsFor(options.provided, run.target.minor),
  };
}

/** Loads the handler from the unpacked package, as often as it takes. */
async function load(work: Work, python: Python): Promise<void> {
  const { run, options, files } = work;
  const { shelves } = sessionOf(run.context);
  await withStage(
    shelves,
    files,
    options,
    (withUnpacked) =>
      withSlot(async () => {
        run.context.signal.throwIfAborted();
        await withUnpacked(async (stage, isShared) => {
          const scene = sceneOf(work, stage);
          const { outcome, ran }: Attempted = await attempt(
            (placeholders) =>
              start(work, python, stage, isShared, { handler: options.handler, placeholders }),
            scene,
          );
          const isLoaded = outcome.kind === "proved";
          const syntax = syntaxErrors(run, options, ran?.answer?.syntax ?? [], scene, isLoaded);
          tell(run, options, outcome, syntax);
        });
      }),
    { home: run.home, now: run.context.now() },
  );
}

/** Compiles the own files; a Python older than the function's may not know all that they hold: what that may be is told. */
async function compileOwn(work: Work, python: Python): Promise<void> {
  const { run, options } = work;
  const files = work.files.filter(({ path }) => options.sources.has(path) && path.endsWith(".py"));
  if (files.length === 0) return;
  await withStage(new Map(), files, {}, (withUnpacked) =>
    withSlot(() =>
      withUnpacked(async (stage) => {
        const ran = await start({ ...work, files }, python, stage, false, {});
        const failures: readonly Failure[] = ran.answer?.syntax ?? [];
        const errorsOf = (some: readonly Failure[]): SluiceError[] =>
          syntaxErrors(run, options, some, sceneOf(work, stage), false);
        const isSure = (failure: Failure): boolean => {
          const source = files.find(({ path }) => path === failure.syntax?.file)?.bytes;
          return source !== undefined && isCertain(failure, source, python.minor, run.target.minor);
        };
        const joined = joinErrors(errorsOf(failures.filter(isSure)));
        if (joined !== undefined) throw joined;
        for (const { problems } of errorsOf(failures)) {
          const [{ message, where }] = problems;
          const text = `${where}: ${message}. So says Python ${python.version}, which is older than the function's.`;
          run.context.emit({ type: "notice", message: text });
        }
      }),
    ),
  );
}

/** Says once in a run why handlers are not loaded. */
function tellSkipped(run: PythonRun, means: Extract<Means, { kind: "syntax" }>): void {
  const { told } = sessionOf(run.context);
  const { runtime } = run.target;
  const rest = means.python === null ? "" : "; the syntax of their own files was checked";
  const message = `Handlers of ${runtime} were not loaded to check them, as ${means.reason}${rest}.`;
  if (told.has(message)) return;
  told.add(message);
  run.context.emit({ type: "notice", message });
}

/**
 * Proves that a function's handler loads from the files of its package and can be called: in a process of the runtime's Python, unpacked, and
 * without network, other programs, credentials or anything of this process's environment. Where this machine has no such Python, or the
 * package has machine code for another one, only the syntax of the own files is checked, and a notice says so, once in a run.
 *
 * @param files - own files of the package; all of them where `options.dependencies` is not given
 * @throws `SLUICE_PYTHON_SYNTAX_ERROR`, `SLUICE_PYTHON_MODULE_MISSING`, `SLUICE_PYTHON_LIBRARY_MISSING`,
 * `SLUICE_PYTHON_IMPORT_FAILED`, `SLUICE_PYTHON_HANDLER_MISSING`, `SLUICE_PYTHON_HANDLER_NOT_CALLABLE`,
 * `SLUICE_PYTHON_CHECK_FOLDER`, `SLUICE_PYTHON_INTERPRETER_UNFIT`; the signal's reason when cancelled
 */
export async function checkPython(
  run: PythonRun,
  files: readonly PackageFile[],
  options: CheckOptions,
): Promise<void> {
  const { fn, context } = run;
  if (!fn.importCheck.enabled) {
    context.log.debug(`${fn.name}: the import check is switched off`);
    return;
  }
  const work: Work = { run, options, files };
  const means = await meansFor(run, allFiles(files, options));
  if (means.kind === "load") return load(work, means.python);
  tellSkipped(run, means);
  if (means.python !== null) await compileOwn(work, means.python);
}
