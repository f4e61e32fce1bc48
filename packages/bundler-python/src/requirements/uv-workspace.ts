import { dirname, join, resolve } from "node:path";
import { glob } from "tinyglobby";
import { type Project, readProject } from "./project.ts";
import type { Reading } from "./reading.ts";
import { tableAt, textsOf } from "./toml.ts";

/** Whether the project is the root of a workspace. */
function isRoot(project: Project): boolean {
  return Object.hasOwn(tableAt(project.table, "tool", "uv"), "workspace");
}

function trimmed(pattern: string): string {
  return pattern.replace(/^\.\//, "").replace(/\/$/, "");
}

/**
 * The root of the uv workspace that a project belongs to: itself, or the nearest one above that has it as a member. Nothing above the
 * repository is looked at.
 *
 * @returns `null` for a project that stands for itself
 */
export async function workspaceOf(reading: Reading, project: Project): Promise<Project | null> {
  if (isRoot(project)) return project;
  let folder = project.folder;
  while (folder !== reading.run.repository && folder !== dirname(folder)) {
    folder = dirname(folder);
    const above = await readProject(reading, join(folder, "pyproject.toml"));
    if (above === null || !isRoot(above)) continue;
    return (await memberFiles(above)).includes(project.path) ? above : null;
  }
  return null;
}

/** Absolute paths of the members' pyproject.toml, the root's not included. */
async function memberFiles(workspace: Project): Promise<string[]> {
  const { members, exclude } = tableAt(workspace.table, "tool", "uv", "workspace");
  const found = await glob(
    textsOf(members).map((pattern) => `${trimmed(pattern)}/pyproject.toml`),
    {
      cwd: workspace.folder,
      ignore: [
        ...textsOf(exclude).map((pattern) => `${trimmed(pattern)}/**`),
        "**/node_modules/**",
        "**/.venv/**",
      ],
      absolute: true,
      followSymbolicLinks: false,
      expandDirectories: false,
    },
  );
  return found
    .map((path) => resolve(path))
    .filter((path) => path !== workspace.path)
    .sort();
}

/** Every member of a workspace, its root included. */
export async function workspaceMembers(reading: Reading, workspace: Project): Promise<Project[]> {
  const projects = [workspace];
  for (const path of await memberFiles(workspace)) {
    const project = await readProject(reading, path);
    if (project !== null) projects.push(project);
  }
  return projects;
}
