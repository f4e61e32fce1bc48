import { resolve } from "node:path";
import { normalizeName } from "../wheels/wheel-name.ts";
import { requirementErrors } from "./errors.ts";
import { fileUrl, findLocal } from "./local.ts";
import type { Project } from "./project.ts";
import type { Reading } from "./reading.ts";
import { isTable, type Table, tableAt, textOf } from "./toml.ts";
import { workspaceMembers, workspaceOf } from "./uv-workspace.ts";

/**
 * `[tool.uv.sources]`, those of the workspace included: where packages come from instead of an index.
 *
 * @returns normalized name → requirement lines that stand for it, each with its marker
 * @throws SLUICE_PYTHON_PROJECT_INVALID, SLUICE_PYTHON_REQUIREMENT_PATH
 */
export async function sourcesOf(reading: Reading, project: Project): Promise<Map<string, string[]>> {
  const workspace = await workspaceOf(reading, project);
  const lines = new Map<string, string[]>();
  for (const from of workspace === null || workspace.path === project.path
    ? [project]
    : [workspace, project]) {
    for (const [name, value] of Object.entries(tableAt(from.table, "tool", "uv", "sources"))) {
      const sources = (Array.isArray(value) ? value : [value]).filter(isTable);
      const own: string[] = [];
      for (const source of sources) {
        const line = await lineOf(reading, from, workspace, name, source);
        if (line !== null) own.push(withMarker(line, textOf(source["marker"])));
      }
      if (own.length > 0) lines.set(normalizeName(name), own);
    }
  }
  return lines;
}

/** @returns `null` for a source that only names an index */
async function lineOf(
  reading: Reading,
  project: Project,
  workspace: Project | null,
  name: string,
  source: Table,
): Promise<string | null> {
  const path = textOf(source["path"]);
  const url = textOf(source["url"]);
  const git = textOf(source["git"]);
  const subdirectory = textOf(source["subdirectory"]);
  const fragment = subdirectory === null ? "" : `#subdirectory=${subdirectory}`;
  if (path !== null) {
    const where = `${project.label}: tool.uv.sources.${name}`;
    const found = await findLocal(reading, resolve(project.folder, path), [], where);
    return `${name} @ ${fileUrl(found.path)}`;
  }
  if (source["workspace"] === true)
    return `${name} @ ${fileUrl(await memberFolder(reading, project, workspace, name))}`;
  if (url !== null) return `${name} @ ${url}${fragment}`;
  if (git === null) return null;
  const revision = textOf(source["rev"]) ?? textOf(source["tag"]) ?? textOf(source["branch"]);
  return `${name} @ git+${git}${revision === null ? "" : `@${revision}`}${fragment}`;
}

async function memberFolder(
  reading: Reading,
  project: Project,
  workspace: Project | null,
  name: string,
): Promise<string> {
  const members = workspace === null ? [] : await workspaceMembers(reading, workspace);
  const member = members.find((each) => each.name === normalizeName(name));
  if (member !== undefined) return member.folder;
  throw requirementErrors.projectInvalid(
    `${project.label}: tool.uv.sources.${name}`,
    `no member of the workspace is named ${name}.`,
  );
}

function withMarker(line: string, marker: string | null): string {
  return marker === null ? line : `${line} ; ${marker}`;
}
