import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SluiceError } from "@sluice/core";
import { hashMismatch, indexDenied, indexUnreachable, shownUrl } from "../index/errors.ts";
import { parseSpecifiers, satisfies } from "../markers/specifiers.ts";
import { fitsPython } from "../pylock/package.ts";
import { requirementErrors } from "../requirements/errors.ts";
import type { ToolResult } from "../uv/process.ts";
import { normalizeName } from "../wheels/wheel-name.ts";
import { resolveErrors } from "./errors.ts";
import { newestFitting, noWheelError, releasesOf } from "./explain-wheel.ts";
import { indexesOf, type Job } from "./job.ts";

const TAIL_LINES = 8;
const NEWEST = 5;

/** `numpy==1.20.0 (from a==1)` → name and specifier. */
const REQUIREMENT = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*([<>=!~].*)?$/;

function errorLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/^\s*ERROR:\s*/, "").trim())
    .filter((line) => line !== "" && !/^(WARNING|Looking in|note:)/.test(line));
}

/** pip says the same of a package that does not exist and of one without a wheel that fits: the index tells them apart. */
async function nothingFits(job: Job, requirement: string, flat: string): Promise<SluiceError> {
  const { label } = job.dependencies;
  const [, name = requirement, specifier = ""] = REQUIREMENT.exec(requirement.trim()) ?? [];
  // Throws where the index cannot be reached, or denies: then that is the reason.
  const files = await job.index.listFiles(name);
  if (files.length === 0) return resolveErrors.packageUnknown(label, name, indexesOf(job));
  const wanted = parseSpecifiers(specifier.trim()) ?? [];
  if (!files.some(({ version }) => version !== null && satisfies(version, wanted)))
    return resolveErrors.versionUnknown(
      label,
      `${name}${specifier}`,
      releasesOf(files).slice(0, NEWEST),
      indexesOf(job),
    );
  const meant = files.filter(({ version }) => version !== null && satisfies(version, wanted));
  const wants = meant.find(({ requiresPython }) => requiresPython !== null)?.requiresPython ?? null;
  if (wants !== null && !meant.some((file) => fitsPython(file.requiresPython ?? "", job.run.target)))
    return resolveErrors.pythonExcluded(label, name, wants, job.run.target.runtime);
  // Something else kept pip from them.
  if (newestFitting(meant, job.run.target) !== null) return resolveErrors.failed(label, "pip", tailOf(flat));
  return noWheelError({ name, specifier, needed: "" }, files, job.run.target, label);
}

function tailOf(flat: string): string {
  return flat.split("\n").slice(-TAIL_LINES).join("\n");
}

/** What pip said of a file that has another sum than the requirements, or the index, tell. */
function wrongHash({ dependencies }: Job, flat: string): SluiceError | null {
  const found = /^(\S+?)(?:==(\S+))? from (\S+).*\n\s*Expected sha256 (?:or )?(\w+)[\s\S]*?Got +(\w+)/m.exec(
    flat,
  );
  const [, name = "", version = "", url = "", expected = "", got = ""] = found ?? [];
  if (found === null) return null;
  const { request, label } = dependencies;
  const filename = decodeURIComponent(url.split(/[?#]/)[0]?.split("/").at(-1) ?? url);
  const isWritten =
    request.type === "requirements" && request.hashes.get(normalizeName(name))?.includes(expected);
  return isWritten === true
    ? resolveErrors.hashNotAllowed(label, `${name} ${version}`.trim(), filename)
    : hashMismatch(filename, shownUrl(url), expected, got);
}

/** What the index answered to pip, where it let nobody in. */
function denied({ dependencies }: Job, text: string): SluiceError | null {
  const [, warned, index] = /(401|403) Error, Credentials not correct for (\S+)/.exec(text) ?? [];
  const [, status = warned, url = index] = /HTTP error (401|403) while getting (\S+)/.exec(text) ?? [];
  if (status === undefined || url === undefined || !URL.canParse(url)) return null;
  return indexDenied(dependencies.label, url, Number(status), warned !== undefined);
}

/** pip names requirements by their lines in a file that was made for it: shown as the lines themselves. */
async function withOwnLines({ scratch, dependencies }: Job, text: string): Promise<string> {
  const file = join(scratch, "requirements.txt");
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
  return text
    .split(`(from -r ${file} (line `)
    .map((part, index) => (index === 0 ? part : part.replace(/^\d+\)/, `(from ${dependencies.label}`)))
    .join("")
    .split(`-r ${file} (line `)
    .map((part, index) =>
      index === 0 ? part : part.replace(/^(\d+)\)/, (_, at) => lines[Number(at) - 1] ?? ""),
    )
    .join("");
}

/** Makes one clear error of what pip printed. */
export async function pipError(job: Job, result: ToolResult): Promise<SluiceError> {
  const { label } = job.dependencies;
  if (result.timedOut) return resolveErrors.timedOut(label, "pip");
  const printed = job.redact(`${result.stdout}\n${result.stderr}`);
  job.run.context.log.debug(printed);
  const refused = denied(job, printed);
  if (refused !== null) return refused;
  const text = await withOwnLines(job, printed);
  const flat = errorLines(text).join("\n");
  const otherHash = wrongHash(job, flat);
  if (otherHash !== null) return otherHash;
  const unmet = /satisfies the requirement (.+?) \(from (?:versions|.*?; from versions)/.exec(flat)?.[1];
  if (unmet !== undefined) return nothingFits(job, unmet.replace(/\s*\(from .*$/, ""), flat);
  const [, conflict] = /Cannot install (.+) because these package versions have conflicting/.exec(flat) ?? [];
  if (conflict !== undefined) return resolveErrors.conflict(label, conflict);
  const [, line, number, file] = /Invalid requirement: (.+?) \(from line (\d+) of (.+)\)/.exec(flat) ?? [];
  if (line !== undefined) {
    const own = file?.startsWith(job.scratch) ? label : `${file}:${number}`;
    return requirementErrors.lineInvalid(own, line.replace(/^['"]|['"]$/g, ""));
  }
  if (/No module named pip/.test(flat)) return resolveErrors.noPython(label, job.run.target.minor, "pip");
  if (/git clone|git\+|fatal: unable to access/.test(flat))
    return resolveErrors.fromGit(label, "A requirement", /fatal: .*/.exec(flat)?.[0] ?? "");
  const hashless = /In --require-hashes mode.*:\n(.+)/.exec(flat)?.[1];
  if (hashless !== undefined) return resolveErrors.hashMissing(label, [hashless.split(" ")[0] ?? hashless]);
  const url = /(?:Could not fetch URL|Max retries exceeded with url:?) (\S+)/.exec(flat)?.[1];
  if (url !== undefined) return indexUnreachable(label, url, errorLines(text).at(-1) ?? "", 1, undefined);
  return resolveErrors.failed(label, "pip", tailOf(flat));
}
