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
import { failure, oneLine } from "../told.ts";
import { pythonCauseOf } from "./causes.ts";
import type { PythonFunction } from "./find-functions.ts";

/** Functions bundled at once. */
const CONCURRENCY = 2;

/** How the import check says that it came to no verdict, and that it was not made. */
const UNPROVED = /the import check proves nothing/;
const SKIPPED = /^Handlers of \S+ were not loaded to check them, as (.*)/;

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
  return SKIPPED.exec(notice)?.[1] ?? null;
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
  readonly notices: readonly string[];
}

/** In a run of its own: what is told of several functions at once says little of one. */
async function bundleOne(config: ResolvedConfig, fn: ResolvedConfig["functions"][number]): Promise<Outcome> {
  const context = testContext({ cwd: config.root, env: environment() });
  const input = { function: fn, all: [fn], config, ref: null, packageVersion: null };
  const [settled] = await Promise.allSettled([(async () => bundlerPython().bundle?.(input, context))()]);
  const notices = context.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  return { settled, notices };
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
  const unproved = notices.find((message) => UNPROVED.test(message) || SKIPPED.test(message));
  if (unproved === undefined) return { ...bundled, outcome: "passed", cause: null, reason: "" };
  const reason = oneLine(unproved);
  const cause = pythonCauseOf({ code: null, message: reason, hint: "", layered });
  return { ...bundled, outcome: "unproved", cause, reason };
}

/** Bundles and import-checks functions of one folder. */
export async function attempt(
  corpus: string,
  root: string,
  trials: readonly Trial[],
): Promise<readonly Result[]> {
  const built = join(root, ".sluice");
  // What was built before is taken without a word; and afterwards, packages of hundreds of functions fill a disk.
  rmSync(built, { recursive: true, force: true });
  const config = configOf(root, trials);
  const outcomes = await pMap(config.functions, async (fn) => bundleOne(config, fn), {
    concurrency: CONCURRENCY,
  });
  rmSync(built, { recursive: true, force: true });
  return trials.map((trial, index) => resultOf(corpus, trial, outcomes[index] as Outcome));
}
