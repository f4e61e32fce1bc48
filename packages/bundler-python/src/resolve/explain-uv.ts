import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { isSluiceError, type SluiceError } from "@sluice/core";
import { indexDenied, indexUnreachable, shownUrl } from "../index/errors.ts";
import type { IndexFile } from "../index/index-file.ts";
import { requirementErrors } from "../requirements/errors.ts";
import type { ToolResult } from "../uv/process.ts";
import { shownPath } from "./compile-arguments.ts";
import { resolveErrors } from "./errors.ts";
import { noWheelError, releasesOf } from "./explain-wheel.ts";
import type { Job } from "./job.ts";
import { readUvFailure, type UvFailure } from "./uv-failure.ts";

/** What the index has of a package; nothing where it cannot be asked: it is only to explain another error. */
export async function filesFor({ index, run }: Job, name: string): Promise<readonly IndexFile[]> {
  try {
    return await index.listFiles(name);
  } catch (error) {
    run.context.signal.throwIfAborted();
    if (isSluiceError(error)) return [];
    throw error;
  }
}

/** uv tries four times. */
const ATTEMPTS = 4;
/** Versions that an error names. */
const NEWEST = 5;

type Explain<T extends UvFailure["type"]> = (
  job: Job,
  failure: Extract<UvFailure, { readonly type: T }>,
) => SluiceError | Promise<SluiceError>;

async function unknownVersion(
  job: Job,
  { requirement, premises }: Extract<UvFailure, { readonly type: "unknown-version" }>,
): Promise<SluiceError> {
  const { label } = job.dependencies;
  const name = /^[A-Za-z0-9._-]+?(?=[<>=!~[]|$)/.exec(requirement)?.[0] ?? requirement;
  const newest = releasesOf(await filesFor(job, name)).slice(0, NEWEST);
  const isDirect = new RegExp(`you require ${name.replaceAll(".", "\\.")}[<>=!~\\[]`).test(premises);
  return isDirect || premises === ""
    ? resolveErrors.versionUnknown(label, requirement, newest)
    : resolveErrors.conflict(label, premises);
}

/** The file and line of what uv could not read; a text that was made for uv is the file that it came from. */
async function invalid(
  { run, dependencies, scratch, redact }: Job,
  failure: Extract<UvFailure, { readonly type: "invalid" }>,
): Promise<SluiceError> {
  const { folder, label } = dependencies;
  const { file, line, position, reason } = failure;
  const path = isAbsolute(file) ? file : join(folder, file);
  if (path.startsWith(scratch)) return requirementErrors.lineInvalid(label, reason);
  const bytes = await readFile(path).catch(() => null);
  const at = line ?? (bytes === null || position === null ? null : lineAt(bytes, position));
  const text = at === null ? reason : (bytes?.toString("utf8").split(/\r?\n/)[at - 1]?.trim() ?? reason);
  const shown = shownPath(run.root, folder, file);
  return requirementErrors.lineInvalid(at === null ? shown : `${shown}:${at}`, redact(text), `${reason}.`);
}

/** Of the byte at `offset`, 1 for the first line. */
function lineAt(bytes: Buffer, offset: number): number {
  return bytes.subarray(0, offset).toString("latin1").split("\n").length;
}

const EXPLANATIONS: { readonly [T in UvFailure["type"]]: Explain<T> } = {
  "no-python": ({ dependencies, run }) => resolveErrors.noPython(dependencies.label, run.target.minor, "uv"),
  denied: ({ dependencies, index }, { url, status }) =>
    indexDenied(
      dependencies.label,
      URL.canParse(url) ? url : "https://index.invalid/",
      Number.parseInt(status, 10),
      index.settings.credentials.length > 0,
    ),
  offline: ({ dependencies }, { name }) => resolveErrors.offline(dependencies.label, name),
  unreachable: ({ dependencies }, { url, reason }) =>
    indexUnreachable(dependencies.label, url ?? "https://pypi.org/simple/", reason, ATTEMPTS, undefined),
  "unknown-package": ({ dependencies, index }, { name }) =>
    resolveErrors.packageUnknown(
      dependencies.label,
      name,
      index.settings.indexes.map(({ url }) => shownUrl(url)),
    ),
  "unknown-version": unknownVersion,
  "no-wheel": async (job, { name, specifier, premises }) =>
    noWheelError(
      { name, specifier, needed: premises },
      await filesFor(job, name),
      job.run.target,
      job.dependencies.label,
    ),
  "source-needed": ({ dependencies }, { name }) =>
    resolveErrors.sourceArchive(dependencies.label, name ?? "A requirement"),
  git: ({ dependencies }, { reason }) => resolveErrors.fromGit(dependencies.label, "A requirement", reason),
  invalid,
  "python-excluded": ({ dependencies, run }, { premises }) =>
    resolveErrors.conflict(
      dependencies.label,
      `${premises}; the function's runtime is ${run.target.runtime}`,
    ),
  conflict: ({ dependencies }, { premises }) => resolveErrors.conflict(dependencies.label, premises),
  other: ({ dependencies }, { tail }) =>
    dependencies.request.type === "uv"
      ? resolveErrors.lockUnusable(dependencies.label, tail.replace(/^error: /, ""))
      : resolveErrors.failed(dependencies.label, "uv", tail),
};

/** Makes one clear error of what uv printed. */
export async function uvError(job: Job, result: ToolResult): Promise<SluiceError> {
  const { label } = job.dependencies;
  if (result.timedOut) return resolveErrors.timedOut(label, "uv");
  const text = job.redact(result.stderr);
  job.run.context.log.debug(text);
  const failure = readUvFailure(text);
  const explain = EXPLANATIONS[failure.type] as Explain<UvFailure["type"]>;
  return await explain(job, failure);
}
