import { readFile } from "node:fs/promises";
import { basename, isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateAhead, perSession, refuseOversized, sha256Hex, statOf } from "@sluice/artifact";
import type { Dependencies } from "../dependencies.ts";
import { createIndexClient } from "../index/client.ts";
import { declaredIn } from "../index/declared.ts";
import { dependencyCandidates, findDependencies } from "../requirements/find-dependencies.ts";
import { buildProject } from "../resolve/build-project.ts";
import { projectFiles } from "../resolve/project-files.ts";
import { decidingVariables, filesOfVariables } from "../resolve/question.ts";
import { resolveDependencies } from "../resolve/resolve-dependencies.ts";
import type { PythonRun } from "../run.ts";
import type { PythonSession } from "../session.ts";
import { readMetadata, type WheelMetadata } from "../wheels/metadata.ts";
import { openWheel, type Wheel } from "../wheels/wheel.ts";
import { foldersOf } from "./read-files.ts";

/** A wheel in memory, with what its metadata says. */
export interface OpenedWheel extends Wheel {
  readonly filename: string;
  /** The same for the same content. */
  readonly identity: string;
  readonly metadata: WheelMetadata;
}

/** Everything that a function depends on, before anything is left out. */
export interface OpenedDependencies {
  /** `null`: the function has none. */
  readonly dependencies: Dependencies | null;
  /** Sorted by name. */
  readonly wheels: readonly OpenedWheel[];
  /**
   * Absolute paths on this machine that decided: what the projects that were built for it are made of, wheels that are given by their
   * paths, and the folders in which more may appear.
   */
  readonly local: { readonly files: readonly string[]; readonly folders: readonly string[] };
  /** Absolute paths that were looked for and are not there. */
  readonly lookedFor: readonly string[];
  /** Names of environment variables that decided. */
  readonly variables: readonly string[];
  readonly tools: Readonly<Record<string, string>>;
}

/** @param identity - of its content; what was built here is known by its bytes */
async function open(path: string, identity: string | null): Promise<OpenedWheel> {
  const bytes = await readFile(path);
  const wheel = openWheel(path, bytes, await inflateAhead(bytes));
  const filename = basename(path);
  return { ...wheel, filename, identity: identity ?? sha256Hex(bytes), metadata: readMetadata(wheel) };
}

/** Fetches what is not there yet, and opens each wheel as soon as it is. */
async function openAll(run: PythonRun, dependencies: Dependencies): Promise<OpenedDependencies> {
  const { wheels, projects, tools } = await resolveDependencies(run, dependencies);
  const sizes = wheels.map(({ name, sizeBytes = 0 }) => ({ path: name, size: sizeBytes }));
  refuseOversized(sizes, run.where);
  const client = createIndexClient(run, {
    folder: dependencies.folder,
    declared: declaredIn(dependencies),
  });
  const opening = [
    ...wheels.map(async (wheel) => open(await client.fetchWheel(wheel), wheel.sha256)),
    ...projects.map(async (project) => open(await buildProject(run, project), null)),
  ];
  try {
    const opened = await Promise.all(opening);
    const sorted = opened.sort((one, other) => (one.name < other.name ? -1 : 1));
    const projectSources = projects.flatMap(({ path }) => projectFiles(path));
    const given = wheels.flatMap(({ from }) => {
      if ("path" in from) return [from.path];
      return from.url.startsWith("file:") ? [fileURLToPath(from.url)] : [];
    });
    const places = client.settings.findLinks.filter((place) => isAbsolute(place));
    const along = filesOfVariables(dependencies, run.context.env).filter((path) => statOf(path)?.isFile());
    return {
      dependencies,
      wheels: sorted,
      local: {
        files: [...projectSources, ...given, ...along],
        folders: [...foldersOf(projectSources), ...places],
      },
      lookedFor: dependencies.lookedFor,
      variables: decidingVariables(dependencies),
      tools,
    };
  } finally {
    client.close();
    // What was on its way when one failed is removed before the run ends.
    await Promise.allSettled(opening);
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
  if (dependencies === null) {
    const candidates = dependencyCandidates(run, entryFolder);
    // One that is there and says nothing yet may come to say something.
    const files = candidates.filter((path) => statOf(path)?.isFile());
    const lookedFor = candidates.filter((path) => !files.includes(path));
    return { dependencies, wheels: [], local: { files, folders: [] }, lookedFor, variables: [], tools: {} };
  }
  const known = openedIn(session);
  const key = keyOf(run, dependencies);
  const found = known.get(key) ?? openAll(run, dependencies);
  known.set(key, found);
  return await found;
}
