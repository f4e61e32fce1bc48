import { writeFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { declaredIn } from "../index/declared.ts";
import { type Pylock, readPylock } from "../pylock/read-pylock.ts";
import { type UvSetup, uvSetup } from "../uv/environment.ts";
import type { Uv } from "../uv/find-uv.ts";
import { runTool, type ToolResult } from "../uv/process.ts";
import { compileArguments, type Requirements } from "./compile-arguments.ts";
import { uvError } from "./explain-uv.ts";
import { type Job, ownWheels } from "./job.ts";
import { orphansOf, readAnnotated } from "./provided.ts";
import { readUvFailure } from "./uv-failure.ts";

const PYLOCK: readonly string[] = ["--format", "pylock.toml"];
const COLORLESS: readonly string[] = ["--color", "never"];

/** Parts of the AWS SDK: where the runtime has boto3, it has these in the versions that fit it. */
const WITH_BOTO3: readonly string[] = ["botocore", "s3transfer"];

async function setupFor({ run, dependencies, scratch }: Job): Promise<UvSetup> {
  const place = { folder: dependencies.folder, top: run.repository, scratch };
  return uvSetup(run.context.env, place, { findLinks: ownWheels(run), declared: declaredIn(dependencies) });
}

function launch(uv: Uv, job: Job, setup: UvSetup, args: readonly string[]): Promise<ToolResult> {
  const { run, dependencies } = job;
  run.context.log.debug(job.redact(`uv ${args.join(" ")}`));
  return runTool(uv, [...args, ...COLORLESS], run.context, { cwd: dependencies.folder, env: setup.env });
}

/** Absolute paths of what uv is to compile: the files as they are, else the text as a file. */
async function inputsOf(job: Job, requirements: Requirements): Promise<readonly string[]> {
  if (requirements.inputs.length > 0) return requirements.inputs;
  const file = join(job.scratch, "requirements.txt");
  await writeFile(file, requirements.text ?? "");
  return [file];
}

async function excludesOf(job: Job): Promise<string | null> {
  if (job.provided.length === 0) return null;
  const file = join(job.scratch, "provided.txt");
  await writeFile(file, `${job.provided.join("\n")}\n`);
  return file;
}

const LOCAL_LINE =
  /^(?:[A-Za-z0-9._-]+(?:\[[^\]]*\])?\s*@\s*)?(?:file:\/\/)?((?:\.{1,2}|[\\/]|~)[^;\s]*|[^;\s=<>@]+[\\/][^;\s=<>@]*)(\s*;.*)?$/;

/**
 * The text with projects of the repository as editable ones, whose description uv lets their build system make; of others it reads
 * static ones alone where building is off. What is installed of them is the same.
 */
export function withEditables(text: string, folder: string): string {
  return text
    .split("\n")
    .map((line) => {
      const path = LOCAL_LINE.exec(line.trim())?.[1];
      if (path === undefined || /\.(whl|zip|gz|bz2|tgz|xz)$/.test(path)) return line;
      return `-e ${isAbsolute(path) ? path : resolve(folder, path)}`;
    })
    .join("\n");
}

/** Names that the package needs only for what is provided, though the file lists them: a list of everything has them, too. */
async function listedForProvided(
  uv: Uv,
  job: Job,
  setup: UvSetup,
  found: Pylock,
): Promise<readonly string[]> {
  const { request } = job.dependencies;
  if (request.type !== "requirements" || job.provided.length === 0) return [];
  const parts = found.wheels.some(({ name }) => WITH_BOTO3.includes(name)) && job.provided.includes("boto3");
  if (!request.complete && !parts) return [];
  const files = { inputs: await inputsOf(job, request), excludes: null };
  const args = compileArguments(job.run.target, { ...request, complete: false }, files);
  const annotated = await launch(uv, job, setup, [...args, "--annotation-style", "line", ...setup.options]);
  if (!annotated.ok) return [];
  const orphans = orphansOf(readAnnotated(annotated.stdout), job.provided);
  return request.complete ? orphans : orphans.filter((name) => WITH_BOTO3.includes(name));
}

/** Takes names out of what was found. */
export function without(found: Pylock, names: readonly string[]): Pylock {
  const stays = ({ name }: { readonly name: string }): boolean => !names.includes(name);
  return {
    wheels: found.wheels.filter(stays),
    projects: found.projects.filter(stays),
    flaws: found.flaws.filter(stays),
  };
}

async function compile(uv: Uv, job: Job, setup: UvSetup, requirements: Requirements): Promise<ToolResult> {
  const files = { inputs: await inputsOf(job, requirements), excludes: await excludesOf(job) };
  const args = [...compileArguments(job.run.target, requirements, files), ...PYLOCK, ...setup.options];
  const result = await launch(uv, job, setup, args);
  if (result.ok || requirements.text === null) return result;
  if (readUvFailure(result.stderr).type !== "source-needed") return result;
  const text = withEditables(requirements.text, job.dependencies.folder);
  return text === requirements.text ? result : compile(uv, job, setup, { ...requirements, inputs: [], text });
}

/**
 * Resolves with `uv pip compile`, for the target whatever machine this is.
 *
 * @throws what {@link uvError} makes of uv's refusal
 */
export async function compileWithUv(uv: Uv, job: Job, requirements: Requirements): Promise<Pylock> {
  const setup = await setupFor(job);
  const result = await compile(uv, job, setup, requirements);
  if (!result.ok) throw await uvError(job, result);
  const found = readPylock(result.stdout, {
    folder: job.dependencies.folder,
    target: job.run.target,
    extras: [],
    groups: [],
    allowedHashes: requirements.hashes,
    where: job.dependencies.label,
  });
  return without(found, await listedForProvided(uv, job, setup, found));
}

/**
 * Reads a uv.lock with `uv export`: of the project or a member of its workspace, with the extras and groups that are asked for and
 * none of the default groups.
 */
export async function exportWithUv(
  uv: Uv,
  job: Job,
  request: Extract<Job["dependencies"]["request"], { readonly type: "uv" }>,
): Promise<Pylock> {
  const setup = await setupFor(job);
  const args = [
    ...["export", "--frozen", "--no-emit-project", "--no-default-groups", "--no-header", ...PYLOCK],
    ...(request.member === null ? [] : ["--package", request.member]),
    ...request.extras.flatMap((extra) => ["--extra", extra]),
    ...request.groups.flatMap((group) => ["--group", group]),
    ...job.provided.flatMap((name) => ["--prune", name]),
  ];
  const result = await launch(uv, job, setup, args);
  if (!result.ok) throw await uvError(job, result);
  return readPylock(result.stdout, {
    folder: job.dependencies.folder,
    target: job.run.target,
    extras: [],
    groups: [],
    where: job.dependencies.label,
  });
}
