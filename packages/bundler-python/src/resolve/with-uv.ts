import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { declaredIn } from "../index/declared.ts";
import { type Pylock, readPylock } from "../pylock/read-pylock.ts";
import { type UvSetup, uvSetup } from "../uv/environment.ts";
import type { Uv } from "../uv/find-uv.ts";
import { runTool, type ToolResult } from "../uv/process.ts";
import { compileArguments, type Requirements, uvPlatforms } from "./compile-arguments.ts";
import { withEditables } from "./editables.ts";
import { filesFor, uvError } from "./explain-uv.ts";
import { newestFitting } from "./explain-wheel.ts";
import { interpreterOptions } from "./interpreter.ts";
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

/** A file with a line for each of `lines`, `null` for none. */
async function listFile(job: Job, name: string, lines: readonly string[]): Promise<string | null> {
  if (lines.length === 0) return null;
  const file = join(job.scratch, name);
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
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
  const files = { inputs: await inputsOf(job, request), excludes: null, constraints: null };
  const { target } = job.run;
  const args = compileArguments(target, uvPlatforms(target).safe, { ...request, complete: false }, files);
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

/** How a resolution differs from the usual one. */
interface Attempt {
  /** uv's name of the machine. */
  readonly platform: string;
  /** Versions that are allowed at most, as `numpy<=2.2.6`. */
  readonly limits: readonly string[];
}

async function compile(
  uv: Uv,
  job: Job,
  setup: UvSetup,
  requirements: Requirements,
  attempt: Attempt,
): Promise<ToolResult> {
  const files = {
    inputs: await inputsOf(job, requirements),
    excludes: await listFile(job, "provided.txt", job.provided),
    constraints: await listFile(job, "limits.txt", attempt.limits),
  };
  const args = compileArguments(job.run.target, attempt.platform, requirements, files);
  const result = await launch(uv, job, setup, [...args, ...PYLOCK, ...setup.options]);
  if (result.ok || requirements.text === null) return result;
  if (readUvFailure(result.stderr).type !== "source-needed") return result;
  const text = withEditables(requirements.text, job.dependencies.folder);
  if (text === requirements.text) return result;
  return compile(uv, job, setup, { ...requirements, inputs: [], text }, attempt);
}

function readLock({ run, dependencies }: Job, text: string): Pylock {
  const { folder, label: where, request } = dependencies;
  const options = { folder, target: run.target, extras: [], groups: [], where };
  return readPylock(
    text,
    request.type === "requirements" ? { ...options, allowedHashes: request.hashes } : options,
  );
}

/** Rounds in which versions are limited to those with a wheel that fits. */
const ROUNDS = 4;

/**
 * For a glibc that uv does not know, as Amazon Linux 2's 2.26: resolves for a newer one, and limits packages whose wheels turn out
 * to need that to the newest version that does not.
 *
 * @returns `null` when that leads nowhere
 */
async function compileFromAbove(
  uv: Uv,
  job: Job,
  setup: UvSetup,
  requirements: Requirements,
): Promise<Pylock | null> {
  const { above } = uvPlatforms(job.run.target);
  if (above === null) return null;
  const limits: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const result = await compile(uv, job, setup, requirements, { platform: above, limits });
    if (!result.ok) return null;
    const found = readLock(job, result.stdout);
    const unfit = found.flaws.filter(({ kind }) => kind === "no-wheel");
    if (unfit.length === 0) return found;
    for (const { name } of unfit) {
      const newest = newestFitting(await filesFor(job, name), job.run.target);
      if (newest === null) return null;
      limits.push(`${name}<=${newest}`);
    }
  }
  return null;
}

/**
 * Resolves with `uv pip compile`, for the target whatever machine this is.
 *
 * @throws what {@link uvError} makes of uv's refusal
 */
export async function compileWithUv(uv: Uv, job: Job, requirements: Requirements): Promise<Pylock> {
  const { env, options } = await setupFor(job);
  const setup = { env, options: [...options, ...(await interpreterOptions(job.run))] };
  let found = await compileFromAbove(uv, job, setup, requirements);
  if (found === null) {
    const { safe } = uvPlatforms(job.run.target);
    const result = await compile(uv, job, setup, requirements, { platform: safe, limits: [] });
    if (!result.ok) throw await uvError(job, result);
    found = readLock(job, result.stdout);
  }
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
  return readLock(job, result.stdout);
}
