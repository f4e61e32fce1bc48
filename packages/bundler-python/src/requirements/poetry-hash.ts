import { createHash } from "node:crypto";
import { pythonJson } from "./python-json.ts";
import { type Table, tableAt } from "./toml.ts";

/** From Poetry's `Locker`: keys of `[tool.poetry]` that count, `null` where they are not there. */
const LEGACY = ["dependencies", "source", "extras", "dev-dependencies"];
const PROJECT = ["requires-python", "dependencies", "optional-dependencies"];

/**
 * The `content-hash` that poetry.lock may have for a pyproject.toml: with dependency groups as Poetry counts them from 2.3 on, without
 * them as 2.0 did, and without `[project]`, which Poetry 1 did not know.
 *
 * @param table - pyproject.toml
 * @returns hexadecimal SHA-256 sums
 */
export function poetryHashes(table: Table): string[] {
  const project = pick(tableAt(table, "project"), PROJECT);
  const groups = tableAt(table, "dependency-groups");
  const contents = [relevant(table, project, groups), relevant(table, project, {}), relevant(table, {}, {})];
  return contents.map((content) => createHash("sha256").update(pythonJson(content)).digest("hex"));
}

function relevant(table: Table, project: Table, groups: Table): Table {
  const poetry = tableAt(table, "tool", "poetry");
  const isLegacy = isEmpty(project) && isEmpty(groups);
  const own: Record<string, unknown> = pick(poetry, [...LEGACY, "group"]);
  if (!isLegacy)
    return {
      ...(isEmpty(project) ? {} : { project }),
      ...(isEmpty(groups) ? {} : { "dependency-groups": groups }),
      tool: { poetry: own },
    };
  for (const key of LEGACY) own[key] ??= null;
  return own;
}

function pick(table: Table, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => table[key] !== undefined).map((key) => [key, table[key]]));
}

function isEmpty(table: Table): boolean {
  return Object.keys(table).length === 0;
}
