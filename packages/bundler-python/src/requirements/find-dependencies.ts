import { basename, dirname, join, resolve } from "node:path";
import type { Dependencies } from "../dependencies.ts";
import type { PythonRun } from "../run.ts";
import { CANDIDATES, type Candidate, foldersUp, isPoetryOnly, nearest } from "./candidates.ts";
import { requirementErrors } from "./errors.ts";
import { fromRequirements } from "./from-requirements.ts";
import { fromPipfileLock } from "./pipfile-lock.ts";
import { fromPoetryLock } from "./poetry-lock.ts";
import { type Project, readProject } from "./project.ts";
import { fromPylock } from "./pylock-file.ts";
import { labelOf, type Reading, startReading } from "./reading.ts";
import { fromUvLock } from "./uv-lock.ts";
import { workspaceOf } from "./uv-workspace.ts";

/**
 * Finds the file that says what a function needs, and reads it: the files that the configuration names, else the strongest one of the
 * nearest folder. Starts no process and uses no network.
 *
 * @param entryFolder - absolute path of the folder that holds the function's entry
 * @returns `null` for a function without dependencies
 * @throws errors of usage, each with file and line where there is one
 */
export async function findDependencies(run: PythonRun, entryFolder: string): Promise<Dependencies | null> {
  const reading = startReading(run);
  const named = run.fn.python.requirements;
  if (named === null) {
    const found = await nearest(reading, entryFolder);
    return found === null ? null : readCandidate(reading, found);
  }
  const [first, ...others] = named.map((name) => resolve(run.root, name));
  return first === undefined ? null : readNamed(reading, [first, ...others], entryFolder);
}

/**
 * Absolute paths of the files that could say what a function needs, those that do not exist included: for a function that has no
 * dependencies, one of them appearing is what would change that.
 */
export function dependencyCandidates(run: PythonRun, entryFolder: string): string[] {
  if (run.fn.python.requirements !== null) return [];
  return foldersUp(run.root, entryFolder).flatMap((folder) => CANDIDATES.map((name) => join(folder, name)));
}

async function readNamed(
  reading: Reading,
  files: readonly [string, ...string[]],
  entryFolder: string,
): Promise<Dependencies> {
  const asked = { by: "`requirements`", where: `${reading.run.where}.python.requirements` };
  const locks = files.filter((file) => lockReader(file) !== null || basename(file) === "Pipfile");
  if (locks.length === 0) {
    const stranger = files.find((file) => /\.(?:whl|zip|tar\.gz|py|cfg)$/i.test(file));
    if (stranger !== undefined) throw requirementErrors.noList(asked.where, labelOf(reading, stranger));
    await refusePoetry(reading, files);
    return fromRequirements(reading, files, asked);
  }
  const [first] = files;
  if (files.length > 1)
    throw requirementErrors.mixed(
      asked.where,
      files.map((file) => labelOf(reading, file)),
    );
  const lock = basename(first) === "Pipfile" ? `${first}.lock` : first;
  const found =
    basename(first) === "uv.lock"
      ? await fromUvLock(reading, first, await memberFor(reading, first, entryFolder))
      : await readLock(reading, lock);
  if (found === null) throw requirementErrors.fileMissing(asked.where, labelOf(reading, first), asked.by);
  return found;
}

async function readCandidate(
  reading: Reading,
  { path, name, member }: Candidate,
): Promise<Dependencies | null> {
  if (name === "Pipfile")
    throw requirementErrors.lockMissing(labelOf(reading, path), "Pipfile.lock", "pipenv lock");
  if (member !== null) return fromUvLock(reading, path, member);
  if (lockReader(path) !== null) return readLock(reading, path);
  await refusePoetry(reading, [path]);
  return fromRequirements(reading, [path], { by: "The search", where: reading.run.where });
}

/** A project of Poetry's own kind says versions in a way that only its lockfile makes definite. */
async function refusePoetry(reading: Reading, files: readonly string[]): Promise<void> {
  for (const file of files.filter((each) => basename(each) === "pyproject.toml")) {
    const project = await readProject(reading, file);
    if (project === null || !isPoetryOnly(project)) continue;
    throw requirementErrors.lockMissing(project.label, "poetry.lock", "poetry lock");
  }
}

type LockReader = (reading: Reading, path: string) => Promise<Dependencies | null>;

/** By the file's name; `null` for what is no lockfile. */
function lockReader(path: string): LockReader | null {
  const name = basename(path);
  if (/^pylock(\.[^.]+)?\.toml$/.test(name)) return fromPylock;
  if (name === "uv.lock") return uvLockNamed;
  if (name === "poetry.lock") return fromPoetryLock;
  return name === "Pipfile.lock" ? fromPipfileLock : null;
}

async function readLock(reading: Reading, path: string): Promise<Dependencies | null> {
  return (await lockReader(path)?.(reading, path)) ?? null;
}

/** A uv.lock that the configuration names: the project beside it is meant. */
async function uvLockNamed(reading: Reading, path: string): Promise<Dependencies | null> {
  return fromUvLock(reading, path, null);
}

/** The member of the workspace of a uv.lock that an entry belongs to; `null`: the project beside the lockfile. */
async function memberFor(reading: Reading, lock: string, entryFolder: string): Promise<Project | null> {
  for (const folder of foldersUp(dirname(lock), entryFolder)) {
    const project = await readProject(reading, join(folder, "pyproject.toml"));
    if (project === null || folder === dirname(lock)) continue;
    const workspace = await workspaceOf(reading, project);
    if (workspace?.folder === dirname(lock)) return project;
  }
  return null;
}
