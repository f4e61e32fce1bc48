import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pylock } from "../pylock/read-pylock.ts";
import type { Resolution } from "../resolution.ts";
import type { PythonTarget } from "../target.ts";
import { pipEnvironment } from "../uv/environment.ts";
import { runTool } from "../uv/process.ts";
import { hostPython } from "../uv/python.ts";
import { supportedTags } from "../wheels/tags.ts";
import type { Requirements } from "./compile-arguments.ts";
import { resolveErrors } from "./errors.ts";
import { pipError } from "./explain-pip.ts";
import { type Job, ownWheels } from "./job.ts";
import { parentsOf, type ReportedPackage, readReport } from "./pip-report.ts";
import { orphansOf, type Parents } from "./provided.ts";
import { without } from "./with-uv.ts";

interface Report {
  readonly pip_version: string;
  readonly install: readonly ReportedPackage[];
}

/** pip combines interpreter, ABIs and platforms to tags by itself. */
export function pipTargetArguments(target: PythonTarget): string[] {
  const platforms = new Set(supportedTags(target).map((tag) => tag.split("-").at(-1) ?? ""));
  platforms.delete("any");
  return [
    ...["--python-version", `3.${target.minor}`, "--implementation", "cp"],
    ...["--abi", `cp3${target.minor}`, "--abi", "abi3", "--abi", "none"],
    ...[...platforms].flatMap((platform) => ["--platform", platform]),
  ];
}

async function requirementArguments({ scratch }: Job, requirements: Requirements): Promise<string[]> {
  const { inputs, text } = requirements;
  if (text === null) return inputs.flatMap((path) => ["--requirement", path]);
  const file = join(scratch, "requirements.txt");
  await writeFile(file, text);
  return ["--requirement", file];
}

/** Left out with `provided`: what only that needs. In a list of everything each package is asked for, which says nothing. */
function leftOut(report: Report, job: Job, complete: boolean): readonly string[] {
  if (job.provided.length === 0) return [];
  const needing = parentsOf(report.install, job.run.target);
  const requested = complete
    ? new Set<string>()
    : new Set(report.install.filter(({ requested: asked }) => asked).map(({ metadata }) => metadata.name));
  const parents: Parents = new Map(
    [...needing].map(([name, list]) => [name, requested.has(name) ? [...list, "a requirement"] : list]),
  );
  return [...job.provided, ...orphansOf(parents, job.provided)];
}

async function runPip(job: Job, python: string, requirements: Requirements): Promise<Report> {
  const { run, dependencies, scratch } = job;
  const report = join(scratch, "report.json");
  const args = [
    ...["-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", report],
    ...["--only-binary", ":all:", "--target", join(scratch, "target")],
    ...pipTargetArguments(run.target),
    ...(requirements.complete ? ["--no-deps"] : []),
    ...(requirements.prereleases ? ["--pre"] : []),
    ...ownWheels(run).flatMap((folder) => ["--find-links", folder]),
    ...(await requirementArguments(job, requirements)),
  ];
  run.context.log.debug(job.redact(`python ${args.join(" ")}`));
  const env = pipEnvironment(run.context.env, dependencies.folder);
  const options = { cwd: dependencies.folder, env };
  const result = await runTool({ command: python, prefix: [] }, args, run.context, options);
  if (!result.ok) throw await pipError(job, result);
  return JSON.parse(await readFile(report, "utf8")) as Report;
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
  const python = await hostPython(job.run.context);
  if (python === null) throw resolveErrors.noPython(label, job.run.target.minor, "pip");
  const report = await runPip(job, python.path, requirements);
  const found = readReport(report.install, requirements.hashes);
  return {
    ...without(found, leftOut(report, job, requirements.complete)),
    tools: { pip: report.pip_version },
  };
}
