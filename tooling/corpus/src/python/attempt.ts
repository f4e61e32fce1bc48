import { rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { bundlerPython } from "@sluice/bundler-python";
import {
  type Architecture,
  type Artifact,
  type FunctionConfig,
  finishConfig,
  type ResolvedConfig,
} from "@sluice/core";
import { testContext } from "@sluice/test-kit";
import pMap from "p-map";
import type { Result } from "../result.ts";
import { concerns, failure, oneLine } from "../told.ts";
import { pythonCauseOf } from "./causes.ts";
import type { PythonFunction } from "./find-functions.ts";

/** Functions bundled at once. */
const CONCURRENCY = 2;

/** How the import check says that it came to no verdict on a function, and on all of a runtime. */
const UNPROVED = /the import check proves nothing/;
const SKIPPED = /^Handlers of (\S+) were not loaded to check them, as (.*)/;

/** What a function is bundled as. */
export interface Trial {
  readonly fn: PythonFunction;
  readonly runtime: string;
  readonly architecture: Architecture;
  /** Modules that its layers have. */
  readonly provided: readonly string[];
}

const slashes = (path: string): string => path.replaceAll(sep, "/");

/** Why this machine did not load a handler; `null` for every other notice. */
export function skippedFor(notice: string): string | null {
  return SKIPPED.exec(notice)?.[2] ?? null;
}

/** A configuration as its users would write it. */
function configOf(root: string, trials: readonly Trial[]): ResolvedConfig {
  const named = trials.map(({ fn, runtime, architecture, provided }, index): [string, FunctionConfig] => [
    `handler-${index}`,
    {
      entry: `${slashes(relative(root, fn.file))}#${fn.exportName}`,
      handler: fn.handler,
      importCheck: { env: fn.env },
      ...{ runtime, architecture, provided },
    },
  ]);
  return finishConfig({ functions: Object.fromEntries(named) }, null, root);
}

/** What finds Pythons and package indexes: a project has nothing else of this process's environment. */
function environment(): Record<string, string | undefined> {
  const wanted =
    /^(?:PATH|HOME|TMPDIR|(?:SLUICE|UV|PIP|XDG|PYENV)_\w+|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|\w*_proxy)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => wanted.test(name)));
}

interface Outcome {
  readonly settled: PromiseSettledResult<Artifact | undefined>;
  /** Notices that name this function, or none. */
  readonly notices: readonly string[];
}

async function bundleAll(root: string, trials: readonly Trial[]): Promise<readonly Outcome[]> {
  const config = configOf(root, trials);
  const context = testContext({ cwd: root, env: environment() });
  const plugin = bundlerPython();
  const { functions: all } = config;
  const bundle = async (fn: (typeof all)[number]): Promise<Outcome["settled"]> => {
    const input = { function: fn, all, config, ref: null, packageVersion: null };
    const [settled] = await Promise.allSettled([(async () => plugin.bundle?.(input, context))()]);
    return settled;
  };
  const settled = await pMap(all, bundle, { concurrency: CONCURRENCY });
  const notices = context.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  return all.map((fn, index) => ({
    settled: settled[index] as Outcome["settled"],
    notices: notices.filter((message) => concerns(message, fn.name)),
  }));
}

function hasMachineCode({ manifest }: Artifact): boolean {
  return manifest.files.some(({ path }) => /\.so(?:\.\d+)*$/.test(path));
}

/** The notice that nothing was proved of this function; one that is told once for all may be about others. */
function unprovedBy(runtime: string, artifact: Artifact, notices: readonly string[]): string | undefined {
  return notices.find((message) => {
    const [, skipped, reason = ""] = SKIPPED.exec(message) ?? [];
    if (skipped === undefined) return UNPROVED.test(message);
    return skipped === runtime && (!/machine code/.test(reason) || hasMachineCode(artifact));
  });
}

function resultOf(corpus: string, trial: Trial, { settled, notices }: Outcome): Result {
  const { fn, runtime, provided } = trial;
  const { exportName, layered } = fn;
  const file = slashes(relative(corpus, fn.file));
  const base = { file, exportName, runtime, provided, notices: notices.map(oneLine) };
  if (settled.status === "rejected") {
    const { where: _, ...told } = failure(settled.reason);
    const cause = pythonCauseOf({ code: told.code, message: told.reason, hint: told.hint, layered });
    return { ...base, outcome: "failed", cause, ...told, sizeBytes: null };
  }
  const artifact = settled.value;
  if (artifact === undefined) throw new Error(`${file} was taken for no Python function`);
  const bundled = { ...base, code: null, hint: "", sizeBytes: artifact.manifest.sizeBytes };
  const unproved = unprovedBy(runtime, artifact, notices);
  if (unproved === undefined) return { ...bundled, outcome: "passed", cause: null, reason: "" };
  const reason = oneLine(unproved);
  const cause = pythonCauseOf({ code: null, message: reason, hint: "", layered });
  return { ...bundled, outcome: "unproved", cause, reason };
}

/** Bundles and import-checks functions of one folder in one run, as `sluice build` would. */
export async function attempt(
  corpus: string,
  root: string,
  trials: readonly Trial[],
): Promise<readonly Result[]> {
  const built = join(root, ".sluice");
  // What was built before is taken without a word; and afterwards, packages of hundreds of functions fill a disk.
  rmSync(built, { recursive: true, force: true });
  const outcomes = await bundleAll(root, trials);
  rmSync(built, { recursive: true, force: true });
  return trials.map((trial, index) => resultOf(corpus, trial, outcomes[index] as Outcome));
}
