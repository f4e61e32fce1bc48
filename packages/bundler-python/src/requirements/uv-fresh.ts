import { normalizeName } from "../wheels/wheel-name.ts";
import type { Project } from "./project.ts";
import { parseRequirement } from "./requirement.ts";
import { type Table, tableAt, tablesOf, textOf, textsOf } from "./toml.ts";

/** A clause of a version specifier that uv writes into its lockfile just as it stands in pyproject.toml. */
const CERTAIN = /^(?:~=|==|!=|<=|>=|<|>)(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*$/;

/** Name with extras → its clauses, sorted; `null` where a source or a spelling of its own stands in the way of comparing them. */
type Asked = Map<string, string | null>;

/**
 * Compares what uv.lock remembers of a project with the project, as far as that is certain without uv: names and extras of all
 * requirements, and plain versions.
 *
 * @param entry - the lockfile's entry of the project
 * @returns what differs, `null` for nothing
 */
export function staleReason(project: Project, entry: Table | null): string | null {
  if (project.name === null) return null;
  if (entry === null || normalizeName(textOf(entry["name"]) ?? "") !== project.name)
    return `it does not hold the project ${project.name}.`;
  const metadata = tableAt(entry, "metadata");
  if (project.fromBackend || project.fromFiles) return null;
  // A project without requirements has no such list, and the first lockfiles had none at all.
  const asked = [...project.dependencies, ...[...project.extras.values()].flat()];
  const own = difference(askedBy(project, asked), lockedBy(project, metadata["requires-dist"]));
  if (own !== null) return own;
  const locked = tableAt(metadata, "requires-dev");
  for (const [name, entries] of project.groups) {
    // What a group includes is locked as the group's own, or not, by version of uv.
    if (entries.some((each) => typeof each !== "string")) continue;
    const group = Object.entries(locked).find(([key]) => normalizeName(key) === name)?.[1];
    if (group === undefined && entries.length > 0) return `it does not hold the group ${name}.`;
    const found = difference(
      askedBy(
        project,
        entries.filter((each) => typeof each === "string"),
      ),
      lockedBy(project, group),
    );
    if (found !== null) return `${found.slice(0, -1)} in the group ${name}.`;
  }
  return null;
}

function askedBy(project: Project, texts: readonly string[]): Asked {
  const sources = new Set(Object.keys(tableAt(project.table, "tool", "uv", "sources")).map(normalizeName));
  const asked: Asked = new Map();
  for (const requirement of texts.map(parseRequirement)) {
    if (requirement === null || requirement.name === project.name) continue;
    const sure = requirement.url === null && !sources.has(requirement.name);
    add(asked, requirement.name, requirement.extras, sure ? requirement.specifier : null);
  }
  return asked;
}

function lockedBy(project: Project, list: unknown): Asked {
  const locked: Asked = new Map();
  for (const item of tablesOf(list)) {
    const name = textOf(item["name"]) ?? "";
    // One extra that stands for another one is not kept in the same words.
    if (normalizeName(name) === project.name) continue;
    const plain = ["url", "git", "editable", "directory", "path", "virtual", "index"].every(
      (key) => !(key in item),
    );
    add(locked, name, textsOf(item["extras"]), plain ? (textOf(item["specifier"]) ?? "") : null);
  }
  return locked;
}

function add(asked: Asked, name: string, extras: readonly string[], specifier: string | null): void {
  const key = `${normalizeName(name)}${extras.length === 0 ? "" : `[${extras.map(normalizeName).sort().join(",")}]`}`;
  const clauses =
    specifier === null
      ? null
      : specifier
          .split(",")
          .map((clause) => clause.trim())
          .sort();
  const isCertain = clauses?.every((clause) => clause === "" || CERTAIN.test(clause)) === true;
  // Asked for twice, under two markers: which one is meant would be a guess.
  asked.set(key, isCertain && !asked.has(key) ? (clauses?.join(",") ?? null) : null);
}

function difference(asked: Asked, locked: Asked): string | null {
  for (const [name, clauses] of asked) {
    const other = locked.get(name);
    if (other === undefined) return `it does not hold ${name}.`;
    if (clauses !== null && other !== null && clauses !== other)
      return `${name}${other} is locked, and ${name}${clauses} asked for.`;
  }
  const gone = [...locked.keys()].find((name) => !asked.has(name));
  return gone === undefined ? null : `it holds ${gone}, which nothing asks for now.`;
}
