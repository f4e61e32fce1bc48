import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { isSluiceError, type SluiceError } from "@sluice/core";
import { credentialsFor } from "../index/credentials.ts";
import { indexDenied, indexUnreachable } from "../index/errors.ts";
import type { IndexFile } from "../index/index-file.ts";
import { requirementErrors } from "../requirements/errors.ts";
import type { ToolResult } from "../uv/process.ts";
import { shownPath } from "./compile-arguments.ts";
import { resolveErrors } from "./errors.ts";
import { noWheelError, releasesOf } from "./explain-wheel.ts";
import { indexesOf, type Job } from "./job.ts";
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

/** How often uv asks again (`uv help`, UV_HTTP_RETRIES). */
const RETRIES = 3;
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
    ? resolveErrors.versionUnknown(label, requirement, newest, indexesOf(job))
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
  const where = at === null ? shown : `${shown}:${at}`;
  if (/^Git sources/.test(reason)) return resolveErrors.fromGit(where, `\`${redact(text)}\``, "");
  return requirementErrors.lineInvalid(where, redact(text), `${withoutSource(reason, text)}.`);
}

/** uv's reason goes on with the line again and carets below what is wrong in it. */
function withoutSource(reason: string, text: string): string {
  const plain = reason.replace(/\s*\^+$/, "");
  const end = plain.lastIndexOf(text);
  const bare = end > 0 && end + text.length === plain.length ? plain.slice(0, end).trim() : plain;
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

/** What was asked for at an address: a file, or the project whose page it is; `label` where it is of neither kind. */
function subjectOf(url: string, label: string): string {
  if (!URL.canParse(url)) return label;
  const [, name] = /\/([^/]+)\/?$/.exec(new URL(url).pathname) ?? [];
  const isProject = /\/[^/]+\/[^/]+\/$/.test(new URL(url).pathname);
  return name !== undefined && (isProject || /\.(?:whl|metadata|tar\.gz|zip)$/.test(name)) ? name : label;
}

/** Of the packages that want another Python the one that is named last: the one behind all others. */
function pythonExcluded(
  { dependencies, run }: Job,
  { premises }: Extract<UvFailure, { readonly type: "python-excluded" }>,
): SluiceError {
  const { label } = dependencies;
  const { runtime } = run.target;
  const wants = /(?:all versions of )?([A-Za-z0-9][\w.-]*)(?:==(\S+))? depends? on Python([<>=!~][^\s;]*)/g;
  const [, name, version, requires] = [...premises.matchAll(wants)].at(-1) ?? [];
  if (name === undefined || requires === undefined)
    return resolveErrors.conflict(label, `${premises}; the function's runtime is ${runtime}`);
  return resolveErrors.pythonExcluded(
    label,
    version === undefined ? name : `${name} ${version}`,
    requires,
    runtime,
  );
}

/** Of the byte at `offset`, 1 for the first line. */
function lineAt(bytes: Buffer, offset: number): number {
  return bytes.subarray(0, offset).toString("latin1").split("\n").length;
}

const EXPLANATIONS: { readonly [T in UvFailure["type"]]: Explain<T> } = {
  "no-python": ({ dependencies, run }) => resolveErrors.noPython(dependencies.label, run.target.minor, "uv"),
  denied: ({ dependencies, index }, { url, status }) => {
    const place = URL.canParse(url) ? url : "https://index.invalid/";
    const had = credentialsFor(index.settings, place) !== null;
    return indexDenied(dependencies.label, place, Number.parseInt(status, 10), had);
  },
  offline: ({ dependencies }, { name }) => resolveErrors.offline(dependencies.label, name),
  unreachable: ({ dependencies, run }, { url, reason }) => {
    const place = url ?? "https://pypi.org/simple/";
    const retries = Number(run.context.env["UV_HTTP_RETRIES"] || RETRIES);
    const said = reason.replace(/^HTTP status \w+ error \((.*?)\) for url .*/, "it answered $1");
    return indexUnreachable(subjectOf(place, dependencies.label), place, said, retries + 1, undefined);
  },
  "unknown-package": (job, { name }) =>
    resolveErrors.packageUnknown(job.dependencies.label, name, indexesOf(job)),
  damaged: ({ dependencies }, { filename }) => resolveErrors.wheelDamaged(dependencies.label, filename),
  "no-file": (job, { requirement }) =>
    resolveErrors.noFile(job.dependencies.label, requirement, indexesOf(job)),
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
  "python-excluded": pythonExcluded,
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
