import { basename, dirname, join, relative, sep } from "node:path";
import { type Project, readProject } from "./project.ts";
import { isThere, labelOf, type Reading } from "./reading.ts";
import { isTable, tableAt } from "./toml.ts";
import { workspaceOf } from "./uv-workspace.ts";

/** Names that are looked for in each folder, the strongest first: what is locked is taken before what is not. */
export const CANDIDATES = [
  "pylock.toml",
  "uv.lock",
  "poetry.lock",
  "Pipfile.lock",
  "requirements.txt",
  "pyproject.toml",
  "Pipfile",
] as const;

type Name = (typeof CANDIDATES)[number];

/** A file that says what a function needs. */
export interface Candidate {
  /** Absolute. */
  readonly path: string;
  readonly name: Name;
  /** For a uv.lock above the folder: the member of the workspace that it was found for. */
  readonly member: Project | null;
}

/** Folders from `entryFolder` up to the root; the root alone for one that is not inside. */
export function foldersUp(root: string, entryFolder: string): string[] {
  const path = relative(root, entryFolder);
  if (path === ".." || path.startsWith(`..${sep}`)) return [root];
  const folders = [entryFolder];
  while (folders.at(-1) !== root && folders.length < 100) folders.push(dirname(folders.at(-1) ?? root));
  return folders;
}

/**
 * The file of the nearest folder that counts; a notice tells what it was preferred to.
 *
 * @param entryFolder - absolute
 */
export async function nearest(reading: Reading, entryFolder: string): Promise<Candidate | null> {
  for (const folder of foldersUp(reading.run.root, entryFolder)) {
    const [first, ...others] = await candidatesIn(reading, folder);
    if (first === undefined) continue;
    noticeOthers(reading, first, others);
    if (first.name === "pyproject.toml") await noticePdm(reading, folder);
    return first;
  }
  return null;
}

async function candidatesIn(reading: Reading, folder: string): Promise<Candidate[]> {
  const found: Candidate[] = [];
  // One that is broken is told only where nothing stronger stands beside it.
  const read = await readProject(reading, join(folder, "pyproject.toml")).catch((error: unknown) => ({
    error,
  }));
  const project = read === null || "error" in read ? null : read;
  for (const name of CANDIDATES) {
    const path = join(folder, name);
    const isProject = name === "pyproject.toml";
    if (isProject ? project !== null && declares(project) : await isThere(reading, path))
      found.push({ path, name, member: null });
    else if (name === "uv.lock" && project?.name != null) found.push(...(await lockAbove(reading, project)));
  }
  if (found.length === 0 && read !== null && "error" in read) throw read.error;
  return found;
}

/** Whether a pyproject.toml says anything about dependencies: many only configure tools. */
function declares({ table, dependencies, groups, extras, fromBackend }: Project): boolean {
  const poetry = Object.keys(tableAt(table, "tool", "poetry", "dependencies")).filter(
    (name) => name !== "python",
  );
  const hasList = Array.isArray(tableAt(table, "project")["dependencies"]);
  return hasList || fromBackend || dependencies.length + groups.size + extras.size + poetry.length > 0;
}

async function lockAbove(reading: Reading, project: Project): Promise<Candidate[]> {
  const workspace = await workspaceOf(reading, project);
  if (workspace === null || workspace.path === project.path) return [];
  const path = join(workspace.folder, "uv.lock");
  return (await isThere(reading, path)) ? [{ path, name: "uv.lock", member: project }] : [];
}

/** Files that belong to a lockfile are no other answer. */
const OWN: Readonly<Partial<Record<Name, readonly Name[]>>> = {
  "pylock.toml": ["pyproject.toml"],
  "uv.lock": ["pyproject.toml"],
  "poetry.lock": ["pyproject.toml"],
  "Pipfile.lock": ["Pipfile"],
};

function noticeOthers(reading: Reading, taken: Candidate, others: readonly Candidate[]): void {
  const passed = others.filter(
    ({ name }) => OWN[taken.name]?.includes(name) !== true && isOther(name, others),
  );
  if (passed.length === 0) return;
  const names = passed.map(({ path }) => basename(path)).join(" and ");
  reading.notices.add(
    `Dependencies are read from ${labelOf(reading, taken.path)}; ${names} beside it ${passed.length === 1 ? "is" : "are"} not read. \`python.requirements\` names another file.`,
  );
}

/** PDM's own lockfile is not read, but PDM writes one that is. */
async function noticePdm(reading: Reading, folder: string): Promise<void> {
  const path = join(folder, "pdm.lock");
  if (!(await isThere(reading, path))) return;
  const command = "pdm export --format pylock --output pylock.toml";
  reading.notices.add(
    `${labelOf(reading, path)} is not read, and versions are chosen anew: \`${command}\` writes a lockfile that is.`,
  );
}

/** A Pipfile stands for its lockfile. */
function isOther(name: Name, others: readonly Candidate[]): boolean {
  return name !== "Pipfile" || !others.some((other) => other.name === "Pipfile.lock");
}

/** Whether the project is Poetry's own kind, which no other resolver understands. */
export function isPoetryOnly({ table }: Project): boolean {
  const poetry = tableAt(table, "tool", "poetry", "dependencies");
  const hasOwn = Object.keys(poetry).some((name) => name !== "python");
  return hasOwn && isTable(tableAt(table, "tool")["poetry"]);
}
