import type { SluiceError } from "@sluice/core";
import { indexUnreachable, shownUrl } from "../index/errors.ts";
import { parseSpecifiers, satisfies } from "../markers/specifiers.ts";
import { requirementErrors } from "../requirements/errors.ts";
import type { ToolResult } from "../uv/process.ts";
import { resolveErrors } from "./errors.ts";
import { noWheelError, releasesOf } from "./explain-wheel.ts";
import type { Job } from "./job.ts";

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
async function nothingFits(job: Job, requirement: string): Promise<SluiceError> {
  const { label } = job.dependencies;
  const [, name = requirement, specifier = ""] = REQUIREMENT.exec(requirement.trim()) ?? [];
  // Throws where the index cannot be reached, or denies: then that is the reason.
  const files = await job.index.listFiles(name);
  if (files.length === 0)
    return resolveErrors.packageUnknown(
      label,
      name,
      job.index.settings.indexes.map(({ url }) => shownUrl(url)),
    );
  const wanted = parseSpecifiers(specifier.trim()) ?? [];
  if (!files.some(({ version }) => version !== null && satisfies(version, wanted)))
    return resolveErrors.versionUnknown(label, `${name}${specifier}`, releasesOf(files).slice(0, NEWEST));
  return noWheelError({ name, specifier, needed: "" }, files, job.run.target, label);
}

/** Makes one clear error of what pip printed. */
export async function pipError(job: Job, result: ToolResult): Promise<SluiceError> {
  const { label } = job.dependencies;
  if (result.timedOut) return resolveErrors.timedOut(label, "pip");
  const text = job.redact(`${result.stdout}\n${result.stderr}`);
  job.run.context.log.debug(text);
  const flat = errorLines(text).join("\n");
  const unmet = /satisfies the requirement (.+?) \(from (?:versions|.*?; from versions)/.exec(flat)?.[1];
  if (unmet !== undefined) return nothingFits(job, unmet.replace(/\s*\(from .*$/, ""));
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
  return resolveErrors.failed(label, "pip", flat.split("\n").slice(-TAIL_LINES).join("\n"));
}
