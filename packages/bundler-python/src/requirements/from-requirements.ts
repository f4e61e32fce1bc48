import { basename, dirname } from "node:path";
import type { Dependencies } from "../dependencies.ts";
import { applies } from "./applies.ts";
import { dependenciesOf, type RequirementsRequest } from "./dependencies-of.ts";
import { requirementErrors } from "./errors.ts";
import { readProject } from "./project.ts";
import { projectRequirements } from "./project-requirements.ts";
import { emptySet, type RequirementSet, readRequirements } from "./read-requirements.ts";
import { labelOf, type Reading } from "./reading.ts";

/**
 * What files in the format of requirements.txt, and pyproject.toml, come to together.
 *
 * @param files - absolute paths, at least one
 * @param asked - where the files are named, for the error when one is not there
 */
export async function fromRequirements(
  reading: Reading,
  files: readonly [string, ...string[]],
  asked: { readonly by: string; readonly where: string },
): Promise<Dependencies> {
  const folder = dirname(files[0]);
  const set = emptySet();
  const { extras, groups } = reading.run.fn.python;
  const projects = files.filter(isProject);
  let fromBackend = false;
  for (const file of files) {
    if (!isProject(file)) await readRequirements(reading, set, file, folder, asked);
    else {
      const project = await readProject(reading, file);
      if (project === null)
        throw requirementErrors.fileMissing(asked.where, labelOf(reading, file), asked.by);
      const found = await projectRequirements(reading, project, { extras, groups });
      fromBackend ||= project.fromBackend;
      set.requirements.push(...found.entries);
      set.plain &&= found.plain && dirname(file) === folder;
      for (const option of found.options) set.options.add(option);
    }
  }
  const label = labelOf(reading, files[0]);
  if (projects.length === 0) refuseNames(reading, label);
  return dependenciesOf(reading, {
    kind: projects.length === files.length ? "pyproject" : "requirements",
    label: files.map((file) => labelOf(reading, file)).join(", "),
    folder,
    request: {
      ...requestOf(reading, set, files, projects.length > 0),
      // What a build backend would add is for the resolver to ask for.
      ...(fromBackend ? { text: null, inputs: files, extras, groups, complete: false } : {}),
    },
    unpinned: unpinnedOf(reading, set),
  });
}

function isProject(file: string): boolean {
  return basename(file) === "pyproject.toml";
}

/** A requirements file has neither groups nor extras. */
function refuseNames(reading: Reading, label: string): void {
  const { where, fn } = reading.run;
  const [group] = fn.python.groups;
  const [extra] = fn.python.extras;
  if (group !== undefined) throw requirementErrors.groupUnknown(`${where}.python.groups`, group, label, []);
  if (extra !== undefined) throw requirementErrors.extraUnknown(`${where}.python.extras`, extra, label, []);
}

function requestOf(
  reading: Reading,
  set: RequirementSet,
  files: readonly string[],
  hasProject: boolean,
): RequirementsRequest {
  const { extras, groups } = reading.run.fn.python;
  const hashes = sumsOf(set);
  const hashed = set.requirements.length > 0 && set.requirements.every((entry) => entry.hashes.length > 0);
  if (set.requireHashes) demandHashes(set);
  const lines = set.requirements.map(({ line, name, hashes: own }) =>
    [
      line,
      ...(hashed ? (name === null ? own : (hashes.get(name) ?? own)) : []).map(
        (sum) => `--hash=sha256:${sum}`,
      ),
    ].join(" "),
  );
  const asIs = set.plain;
  return {
    type: "requirements",
    text: [...set.options, ...lines].map((line) => `${line}\n`).join(""),
    inputs: asIs ? [...files] : [],
    extras: asIs && hasProject ? extras : [],
    groups: asIs && hasProject ? groups : [],
    complete: set.requirements.length === 0 && ![...set.options].some((option) => option.startsWith("-r ")),
    hashes,
    requireHashes: set.requireHashes || hashed,
    prereleases: set.prereleases,
    trustedHosts: [...set.trustedHosts],
  };
}

function sumsOf(set: RequirementSet): Map<string, readonly string[]> {
  const sums = new Map<string, readonly string[]>();
  for (const { name, hashes } of [...set.requirements, ...set.constraints]) {
    if (name === null || hashes.length === 0) continue;
    sums.set(name, [...new Set([...(sums.get(name) ?? []), ...hashes])]);
  }
  return sums;
}

/** As pip has it in its mode `--require-hashes`: each requirement with a version and a sum, its own or its constraint's. */
function demandHashes(set: RequirementSet): void {
  const sums = sumsOf(set);
  const bare = set.requirements.find(
    ({ name, hashes, base }) => base === null && hashes.length === 0 && (name === null || !sums.has(name)),
  );
  if (bare === undefined) return;
  throw requirementErrors.lineInvalid(
    bare.where,
    bare.name ?? "an address",
    "`--require-hashes` stands in the file: give the requirement a `--hash=sha256:…`, or take that option out.",
  );
}

function unpinnedOf(reading: Reading, set: RequirementSet): string[] {
  const fixed = new Set(set.constraints.filter((entry) => entry.pinned).map((entry) => entry.name));
  const names = set.requirements
    .filter((entry) => !entry.pinned && !fixed.has(entry.name) && applies(reading, entry.marker, entry.where))
    .map((entry) => entry.name ?? withoutAddress(entry.line));
  return [...new Set(names)].sort();
}

function withoutAddress(line: string): string {
  return basename(line.replace(/[?#@;].*$/, "").trim());
}
