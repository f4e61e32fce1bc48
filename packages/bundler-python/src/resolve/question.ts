import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { splitUrl } from "../index/credentials.ts";
import type { Job } from "./job.ts";

/** Raised when the same question may get another answer than before. */
const FORMAT = 1;

/** Variables that a resolver listens to, and that decide what it finds. */
const DECIDING: readonly string[] = [
  "SLUICE_PYTHON_INSTALLER",
  "UV_CONSTRAINT",
  "UV_EXCLUDE",
  "UV_EXCLUDE_NEWER",
  "UV_FORK_STRATEGY",
  "UV_INDEX_STRATEGY",
  "UV_NO_SOURCES",
  "UV_OVERRIDE",
  "UV_PRERELEASE",
  "UV_RESOLUTION",
  "UV_TORCH_BACKEND",
  "PIP_CONSTRAINT",
  "PIP_PRE",
];

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
      return `${name} ${found?.size} ${found?.mtimeMs}`;
    }),
  );
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
  const { request, folder, files } = dependencies;
  const { settings } = index;
  const { env } = run.context;
  const folders = settings.findLinks.filter((place) => !URL.canParse(place) || place.startsWith("file:"));
  const question = {
    format: FORMAT,
    request: request.type === "requirements" ? { ...request, hashes: [...request.hashes] } : request,
    folder,
    files: await Promise.all(files.map(async (path) => [path, await contentOf(path)])),
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
