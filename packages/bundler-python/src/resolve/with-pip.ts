import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findPython } from "../check/find-python.ts";
import { leastVersion } from "../markers/environment.ts";
import type { Pylock } from "../pylock/read-pylock.ts";
import type { Resolution } from "../resolution.ts";
import type { PythonTarget } from "../target.ts";
import { pipEnvironment } from "../uv/environment.ts";
import { runTool } from "../uv/process.ts";
import { hostPython } from "../uv/python.ts";
import { supportedTags } from "../wheels/tags.ts";
import { normalizeName } from "../wheels/wheel-name.ts";
import type { Requirements } from "./compile-arguments.ts";
import { resolveErrors } from "./errors.ts";
import { pipError } from "./explain-pip.ts";
import { type Job, ownWheels } from "./job.ts";
import { linesFor, neededOnTarget, parentsOf } from "./pip-graph.ts";
import { type ReportedPackage, readReport } from "./pip-report.ts";
import { orphansOf } from "./provided.ts";
import { without } from "./with-uv.ts";

interface Report {
  readonly pip_version: string;
  readonly install: readonly ReportedPackage[];
}

/** pip combines interpreter, ABIs and platforms to tags by itself. */
function pipTargetArguments(target: PythonTarget): string[] {
  const platforms = new Set(supportedTags(target).map((tag) => tag.split("-").at(-1) ?? ""));
  platforms.delete("any");
  return [
    ...["--python-version", leastVersion(target), "--implementation", "cp"],
    ...["--abi", `cp3${target.minor}`, "--abi", "abi3", "--abi", "none"],
    ...[...platforms].flatMap((platform) => ["--platform", platform]),
  ];
}

async function requirementArguments(
  { scratch, run, provided }: Job,
  { inputs, text, complete }: Requirements,
  further: readonly string[],
): Promise<string[]> {
  const file = join(scratch, "requirements.txt");
  await writeFile(
    file,
    [text === null ? "" : linesFor(text, run.target, complete ? [] : provided), ...further, ""].join("\n"),
  );
  const files = text === null ? [...inputs, file] : [file];
  return files.flatMap((path) => ["--requirement", path]);
}

/** Rounds in which what pip passes over for its own interpreter is asked for by name; each goes one step deeper. */
const ROUNDS = 8;

async function runPip(
  job: Job,
  python: string,
  requirements: Requirements,
  further: readonly string[] = [],
): Promise<Report> {
  const { run, dependencies, scratch } = job;
  const report = join(scratch, "report.json");
  const args = [
    ...["-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", report],
    ...["--only-binary", ":all:", "--target", join(scratch, "target")],
    ...pipTargetArguments(run.target),
    ...(requirements.complete ? ["--no-deps"] : []),
    ...(requirements.prereleases ? ["--pre"] : []),
    ...ownWheels(run).flatMap((folder) => ["--find-links", folder]),
    ...(await requirementArguments(job, requirements, further)),
  ];
  run.context.log.debug(job.redact(`python ${args.join(" ")}`));
  const env = pipEnvironment(run.context.env, dependencies.folder);
  const options = { cwd: dependencies.folder, env };
  const result = await runTool({ command: python, prefix: [] }, args, run.context, options);
  if (!result.ok) throw await pipError(job, result);
  return JSON.parse(await readFile(report, "utf8")) as Report;
}

interface Walked {
  readonly report: Report;
  /** Normalized names of what is not packed. */
  readonly left: readonly string[];
}

type Ask = (further?: readonly string[]) => Promise<Report>;

/** Asks again until all is there that the target needs. */
async function walked({ run, provided }: Job, ask: Ask): Promise<Walked> {
  const further: string[] = [];
  for (let round = 0; ; round++) {
    const report = await ask(further);
    const needed = neededOnTarget(report.install, run.target, provided);
    if (needed.missing.length === 0 || round === ROUNDS) {
      const names = report.install.map(({ metadata }) => normalizeName(metadata.name));
      return { report, left: names.filter((name) => !needed.names.has(name)) };
    }
    further.push(...needed.missing);
  }
}

/** In a list of everything nothing is missing, and all is asked for, which says nothing. */
async function completeList({ run, provided }: Job, ask: Ask): Promise<Walked> {
  const report = await ask();
  if (provided.length === 0) return { report, left: [] };
  return { report, left: [...provided, ...orphansOf(parentsOf(report.install, run.target), provided)] };
}

/** The target's own where it has pip: pip reads markers and `Requires-Python` for the interpreter that it runs on. */
async function pythonFor({ run }: Job): Promise<{ readonly path: string } | null> {
  const { context, target } = run;
  const fitting = await findPython({ env: context.env, signal: context.signal, minor: target.minor });
  if (fitting === null) return hostPython(context);
  const options = { cwd: run.root, env: pipEnvironment(context.env, run.root) };
  const tool = { command: fitting.path, prefix: [] };
  const { ok } = await runTool(tool, ["-m", "pip", "--version"], context, options);
  return ok ? fitting : hostPython(context);
}

/**
 * Resolves with `pip install --dry-run --report`, which downloads what it looks at: slower than uv, with the same answer.
 *
 * @throws SLUICE_PYTHON_NOT_FOUND without a Python, and what {@link pipError} makes of pip's refusal
 */
export async function resolveWithPip(
  job: Job,
  requirements: Requirements,
): Promise<Pylock & Pick<Resolution, "tools">> {
  const { label } = job.dependencies;
  const python = await pythonFor(job);
  if (python === null) throw resolveErrors.noPython(label, job.run.target.minor, "pip");
  const run = (further?: readonly string[]): Promise<Report> =>
    runPip(job, python.path, requirements, further);
  const { report, left } = await (requirements.complete ? completeList(job, run) : walked(job, run));
  const found = readReport(report.install, requirements.hashes);
  return { ...without(found, left), tools: { pip: report.pip_version } };
}
