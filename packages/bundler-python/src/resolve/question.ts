import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Dependencies } from "../dependencies.ts";
import { splitUrl } from "../index/credentials.ts";
import { type Environment, listOf } from "../index/environment.ts";
import { withoutCredentials } from "../requirements/credentials.ts";
import type { Job } from "./job.ts";

/** Raised when the same question may get another answer than before. */
const FORMAT = 2;

/** Variables that name files, separated by white space, which a resolver reads along. */
const NAMING_FILES: readonly string[] = ["UV_CONSTRAINT", "UV_EXCLUDE", "UV_OVERRIDE", "PIP_CONSTRAINT"];

/** Variables that a resolver listens to, and that decide what it finds. */
const DECIDING: readonly string[] = [
  ...NAMING_FILES,
  "SLUICE_PYTHON_INSTALLER",
  "UV_EXCLUDE_NEWER",
  "UV_FORK_STRATEGY",
  "UV_INDEX_STRATEGY",
  "UV_NO_SOURCES",
  "UV_PRERELEASE",
  "UV_RESOLUTION",
  "UV_TORCH_BACKEND",
  "PIP_PRE",
];

/** Variables that say where packages come from; the indexes that they come to are part of the question. */
const PLACES: readonly string[] = [
  "PIP_CONFIG_FILE",
  "PIP_EXTRA_INDEX_URL",
  "PIP_FIND_LINKS",
  "PIP_INDEX_URL",
  "PIP_NO_INDEX",
  "UV_CONFIG_FILE",
  "UV_DEFAULT_INDEX",
  "UV_EXTRA_INDEX_URL",
  "UV_FIND_LINKS",
  "UV_INDEX",
  "UV_INDEX_URL",
  "UV_NO_CONFIG",
  "UV_NO_INDEX",
];

/** Names of environment variables that decide what dependencies come to. */
export function decidingVariables({ request, variables }: Dependencies): readonly string[] {
  // A lock that is read here says all by itself.
  return request.type === "pylock" ? variables : [...variables, ...DECIDING, ...PLACES];
}

/** Absolute paths of files that the environment has a resolver read along. */
export function filesOfVariables({ folder, request }: Dependencies, env: Environment): string[] {
  if (request.type === "pylock") return [];
  const named = NAMING_FILES.flatMap((name) => listOf(env[name]));
  return named.filter((path) => !/^[a-z]+:\/\//i.test(path)).map((path) => resolve(folder, path));
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

async function contentOf(path: string): Promise<string | null> {
  return readFile(path).then(sha256, () => null);
}

/** What a folder with wheels holds. */
async function listingOf(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(whl|gz|zip)$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => null);
      return `${name} ${found?.size} ${found?.mtimeMs} ${found?.ctimeMs} ${found?.ino}`;
    }),
  );
}

/** What is asked for; tokens in the addresses of indexes change with every run of a CI, and nothing else with them. */
function requestOf({ request }: Dependencies): object {
  if (request.type !== "requirements") return request;
  const text = request.text === null ? null : withoutCredentials(request.text);
  return { ...request, text, hashes: [...request.hashes] };
}

/**
 * Hexadecimal digest over everything that the answer depends on: the files, what is asked of them, the target, indexes without their
 * credentials. Not over the resolver's version: what was resolved once stays.
 */
export async function questionOf({
  run,
  dependencies,
  index,
  provided,
}: Omit<Job, "scratch">): Promise<string> {
  const { folder, files } = dependencies;
  const { settings } = index;
  const { env } = run.context;
  const folders = settings.findLinks.filter((place) => !URL.canParse(place) || place.startsWith("file:"));
  const question = {
    format: FORMAT,
    request: requestOf(dependencies),
    folder,
    files: await Promise.all(
      [...files, ...filesOfVariables(dependencies, env)].map(async (path) => [path, await contentOf(path)]),
    ),
    target: run.target,
    provided,
    indexes: [...settings.indexes, ...dependencies.indexes.map((url) => splitUrl(url).url)],
    findLinks: settings.findLinks,
    noIndex: settings.noIndex,
    wheels: await Promise.all(folders.map(listingOf)),
    env: DECIDING.map((name) => [name, env[name] ?? null]),
  };
  return sha256(JSON.stringify(question));
}
