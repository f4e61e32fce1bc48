import { readFile } from "node:fs/promises";
import { perSession } from "@sluice/artifact";
import type { Dependencies } from "../dependencies.ts";
import { createIndexClient } from "../index/client.ts";
import { findDependencies } from "../requirements/find-dependencies.ts";
import { buildProject } from "../resolve/build-project.ts";
import { resolveDependencies } from "../resolve/resolve-dependencies.ts";
import type { PythonRun } from "../run.ts";
import type { PythonSession } from "../session.ts";
import { readMetadata, type WheelMetadata } from "../wheels/metadata.ts";
import { openWheel, type Wheel } from "../wheels/wheel.ts";

/** A wheel in memory, with what its metadata says. */
export interface OpenedWheel extends Wheel {
  readonly filename: string;
  readonly metadata: WheelMetadata;
}

/** Everything that a function depends on, before anything is left out. */
export interface OpenedDependencies {
  /** `null`: the function has none. */
  readonly dependencies: Dependencies | null;
  /** Sorted by name. */
  readonly wheels: readonly OpenedWheel[];
  /** Absolute paths of the folders of projects that were built for it. */
  readonly projects: readonly string[];
  readonly tools: Readonly<Record<string, string>>;
}

const NONE: OpenedDependencies = { dependencies: null, wheels: [], projects: [], tools: {} };

async function open(path: string): Promise<OpenedWheel> {
  const wheel = openWheel(path, await readFile(path));
  const filename = path.slice(path.lastIndexOf("/") + 1);
  return { ...wheel, filename, metadata: readMetadata(wheel) };
}

/** Fetches what is not there yet, and opens each wheel as soon as it is. */
async function openAll(run: PythonRun, dependencies: Dependencies): Promise<OpenedDependencies> {
  const { wheels, projects, tools } = await resolveDependencies(run, dependencies);
  const client = createIndexClient(run, {
    folder: dependencies.folder,
    declared: { indexes: dependencies.indexes },
  });
  try {
    const opened = await Promise.all([
      ...wheels.map(async (wheel) => open(await client.fetchWheel(wheel))),
      ...projects.map(async (project) => open(await buildProject(run, project))),
    ]);
    const sorted = opened.sort((one, other) => (one.name < other.name ? -1 : 1));
    return { dependencies, wheels: sorted, projects: projects.map(({ path }) => path), tools };
  } finally {
    client.close();
  }
}

const openedIn = perSession((_: PythonSession) => new Map<string, Promise<OpenedDependencies>>());

function keyOf(run: PythonRun, { label, folder, request }: Dependencies): string {
  const { python, provided } = run.fn;
  const hashes = request.type === "requirements" ? [...request.hashes] : [];
  return JSON.stringify([label, folder, request, hashes, run.target, python, provided]);
}

/**
 * Opens the wheels of everything that a function depends on; functions of a run that depend on the same share them.
 *
 * @param entryFolder - absolute path of the folder from which on requirements are looked for
 */
export async function openDependencies(
  session: PythonSession,
  run: PythonRun,
  entryFolder: string,
): Promise<OpenedDependencies> {
  const dependencies = await findDependencies(run, entryFolder);
  if (dependencies === null) return NONE;
  const known = openedIn(session);
  const key = keyOf(run, dependencies);
  const found = known.get(key) ?? openAll(run, dependencies);
  known.set(key, found);
  return { ...(await found), dependencies };
}
