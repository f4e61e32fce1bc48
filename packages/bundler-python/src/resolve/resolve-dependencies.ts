import { basename, dirname, join } from "node:path";
import { statOf } from "@sluice/artifact";
import type { RunContext } from "@sluice/core";
import type { Dependencies, ResolveRequest } from "../dependencies.ts";
import { createIndexClient } from "../index/client.ts";
import { declaredIn } from "../index/declared.ts";
import { type Pylock, readPylock } from "../pylock/read-pylock.ts";
import type { Resolution } from "../resolution.ts";
import type { PythonRun } from "../run.ts";
import { findUv } from "../uv/find-uv.ts";
import { normalizeName } from "../wheels/wheel-name.ts";
import { resolveErrors } from "./errors.ts";
import { refuseFlaws } from "./explain-flaws.ts";
import { wheelsFromIndex } from "./from-index.ts";
import { type Job, resolverRedactor } from "./job.ts";
import { recall, remember } from "./memory.ts";
import { questionOf } from "./question.ts";
import { checkRequiresPython } from "./requires-python.ts";
import { withScratch } from "./scratch.ts";
import { resolveWithPip } from "./with-pip.ts";
import { compileWithUv, exportWithUv, without } from "./with-uv.ts";

/** Normalized. What else `provided` may hold, as the path of a file in a layer, is none of a package. */
const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** What a resolver found, and which it was. */
interface Found extends Pylock {
  readonly tools: Resolution["tools"];
}

type Request<T extends ResolveRequest["type"]> = Extract<ResolveRequest, { readonly type: T }>;

function fromPylock(job: Job, request: Request<"pylock">): Found {
  const { python } = job.run.fn;
  const { folder, label } = job.dependencies;
  const { target } = job.run;
  const options = { folder, target, extras: python.extras, groups: python.groups, where: label };
  return { ...without(readPylock(request.text, options), job.provided), tools: {} };
}

async function fromUvLock(job: Job, request: Request<"uv">): Promise<Found> {
  const uv = await findUv(job.run);
  if (uv === null) throw resolveErrors.lockNeedsUv(job.dependencies.label);
  return { ...(await exportWithUv(uv, job, request)), tools: { uv: uv.version } };
}

async function fromRequirements(job: Job, request: Request<"requirements">): Promise<Found> {
  const wheels = await wheelsFromIndex(job);
  if (wheels !== null) return { wheels, projects: [], flaws: [], tools: {} };
  const uv = await findUv(job.run);
  if (uv === null) return resolveWithPip(job, request);
  return { ...(await compileWithUv(uv, job, request)), tools: { uv: uv.version } };
}

function find(job: Job): Found | Promise<Found> {
  const { request } = job.dependencies;
  if (request.type === "pylock") return fromPylock(job, request);
  return request.type === "uv" ? fromUvLock(job, request) : fromRequirements(job, request);
}

/** Where one package has a hash, or a file demands it, all must have one, as pip has it. */
function checkHashes({ dependencies }: Job, found: Pylock): void {
  const { request, label } = dependencies;
  if (request.type !== "requirements" || !request.requireHashes) return;
  const missing = found.wheels.map(({ name }) => name).filter((name) => !request.hashes.has(name));
  if (missing.length > 0) throw resolveErrors.hashMissing(label, missing);
}

async function resolve(job: Job): Promise<Resolution> {
  const found = await find(job);
  await refuseFlaws(job, found.flaws);
  checkHashes(job, found);
  return { wheels: found.wheels, projects: found.projects, tools: found.tools };
}

/** No requirement, and nothing that a resolver would have to look at: options about indexes are all there is. */
function isEmpty({ request }: Dependencies): boolean {
  return (
    request.type === "requirements" &&
    request.complete &&
    (request.text ?? "").split("\n").every((line) => line.trim() === "" || line.startsWith("--"))
  );
}

/** Question → its resolution, of one run. */
const underWay = new WeakMap<RunContext, Map<string, Promise<Resolution>>>();

async function remembered(
  run: PythonRun,
  question: string,
  make: () => Promise<Resolution>,
): Promise<Resolution> {
  const known = await recall(run.cache, question, run.context.now());
  if (known !== null) return known;
  const resolution = await make();
  await remember(run.cache, question, resolution);
  return resolution;
}

async function answer(job: Omit<Job, "scratch">): Promise<Resolution> {
  const { run, dependencies } = job;
  const make = (): Promise<Resolution> => withScratch(run, (scratch) => resolve({ ...job, scratch }));
  // It is read in a moment, and says all by itself.
  if (dependencies.request.type === "pylock") return make();
  const question = await questionOf(job);
  const questions = underWay.get(run.context) ?? new Map<string, Promise<Resolution>>();
  underWay.set(run.context, questions);
  const asked = questions.get(question) ?? remembered(run, question, make);
  questions.set(question, asked);
  return asked;
}

/**
 * Resolves a function's dependencies to the wheels that are packed, for its runtime and architecture on whatever machine this is. A
 * pylock.toml is read here; a uv.lock is read by uv; requirements are resolved by uv, or by pip where uv cannot be had. The same
 * question of several functions is asked once in a run, and remembered in `run.cache` until a file or an index changes.
 *
 * @throws SLUICE_PYTHON_NO_WHEEL, SLUICE_PYTHON_PACKAGE_UNKNOWN, SLUICE_PYTHON_VERSION_UNKNOWN, SLUICE_PYTHON_CONFLICT,
 * SLUICE_PYTHON_GIT_SOURCE, SLUICE_PYTHON_INDEX_UNREACHABLE, SLUICE_PYTHON_INDEX_DENIED and the others of this folder's catalogue
 */
export async function resolveDependencies(run: PythonRun, dependencies: Dependencies): Promise<Resolution> {
  run.context.signal.throwIfAborted();
  const { folder, kind, files, label } = dependencies;
  if (isEmpty(dependencies)) return { wheels: [], projects: [], tools: {} };
  for (const own of run.fn.python.findLinks)
    if (statOf(join(run.root, own))?.isDirectory() !== true) throw resolveErrors.findLinksMissing(run, own);
  if (kind === "pyproject")
    for (const file of files)
      if (basename(file) === "pyproject.toml") await checkRequiresPython(run, dirname(file), label);
  const index = createIndexClient(run, { folder, declared: declaredIn(dependencies) });
  const redact = resolverRedactor(run, dependencies, index);
  const provided = [...new Set(run.fn.provided.map(normalizeName))].filter((name) => NAME.test(name)).sort();
  try {
    return await answer({ run, dependencies, index, redact, provided });
  } finally {
    index.close();
  }
}
