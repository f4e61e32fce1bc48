import { normalizeName } from "../wheels/wheel-name.ts";
import { keepIndex } from "./credentials.ts";
import { extraRequirements, groupRequirements } from "./groups.ts";
import type { Project } from "./project.ts";
import type { Reading } from "./reading.ts";
import { type RequirementEntry, readEntry } from "./requirement-entry.ts";
import { tableAt, tablesOf, textOf } from "./toml.ts";
import { sourcesOf } from "./uv-sources.ts";
import { expandVariables } from "./variables.ts";

export interface ProjectRequirements {
  readonly entries: readonly RequirementEntry[];
  /** Lines of requirements.txt about indexes. */
  readonly options: readonly string[];
  /** Whether uv reads the pyproject.toml as it is meant; else the entries are to be given to it. */
  readonly plain: boolean;
}

/** What a project needs, with the extras and groups that are asked for. */
export async function projectRequirements(
  reading: Reading,
  project: Project,
  names: { readonly extras: readonly string[]; readonly groups: readonly string[] },
): Promise<ProjectRequirements> {
  const { where } = reading.run;
  const texts = [
    ...project.dependencies,
    ...names.extras.flatMap((extra) => extraRequirements(project, extra, `${where}.python.extras`)),
    ...names.groups.flatMap((group) => groupRequirements(project, group, `${where}.python.groups`)),
  ];
  const sources = await sourcesOf(reading, project);
  const entries: RequirementEntry[] = [];
  for (const text of texts) entries.push(...(await entriesOf(reading, project, text, sources)));
  const pdm = pdmIndexes(reading, project);
  for (const url of uvIndexes(project)) keepIndex(reading, url);
  return {
    entries,
    options: [...pdm, ...uvIndexes(project).map((url) => `--extra-index-url ${url}`)],
    plain: isPlain(project, texts, names.groups) && pdm.length === 0,
  };
}

/** uv knows PEP 621, PEP 735 and its own tables. */
function isPlain(project: Project, texts: readonly string[], groups: readonly string[]): boolean {
  const standard = tableAt(project.table, "dependency-groups");
  const known = new Set(Object.keys(standard).map(normalizeName));
  return (
    !project.fromFiles &&
    project.name !== null &&
    groups.every((group) => known.has(normalizeName(group))) &&
    !texts.some((text) => text.includes("${") || text.startsWith("-e"))
  );
}

async function entriesOf(
  reading: Reading,
  project: Project,
  given: string,
  sources: ReadonlyMap<string, readonly string[]>,
): Promise<RequirementEntry[]> {
  // PDM's way to name a folder beside the project (`-e file:///${PROJECT_ROOT}/../shared`).
  const rooted = given.replace(/file:\/\/\/\$\{PROJECT_ROOT\}/g, `file://${project.folder}`);
  const editable = /^-e\s+/.test(rooted);
  const text = expandVariables(reading, rooted.replace(/^-e\s+/, ""), project.label);
  const common = { hashes: [], where: project.label, bases: [project.folder] };
  const entry = await readEntry(reading, { ...common, text, editable });
  const lines = entry.name === null ? undefined : sources.get(entry.name);
  if (lines === undefined) return [entry];
  const replaced: RequirementEntry[] = [];
  for (const line of lines) {
    const marker = [line.split(" ; ")[1], entry.marker]
      .filter((part) => part != null)
      .map((part) => `(${part})`);
    const [body = ""] = line.split(" ; ");
    const joined = marker.length === 0 ? body : `${body} ; ${marker.join(" and ")}`;
    replaced.push(await readEntry(reading, { ...common, text: joined, editable: false }));
  }
  return replaced;
}

/** `[[tool.pdm.source]]`: the one named `pypi` takes PyPI's place. */
function pdmIndexes(reading: Reading, project: Project): string[] {
  const lines: string[] = [];
  for (const source of tablesOf(tableAt(project.table, "tool", "pdm")["source"])) {
    const written = textOf(source["url"]);
    if (written === null) continue;
    const url = expandVariables(reading, written, project.label);
    keepIndex(reading, url);
    lines.push(`${source["name"] === "pypi" ? "--index-url" : "--extra-index-url"} ${url}`);
  }
  return lines.sort((a, b) => Number(b.startsWith("--index")) - Number(a.startsWith("--index")));
}

/** `[[tool.uv.index]]`. */
export function uvIndexes(project: Project): string[] {
  return tablesOf(tableAt(project.table, "tool", "uv")["index"]).flatMap(
    (index) => textOf(index["url"]) ?? [],
  );
}
