import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ResolvedWheel } from "../resolution.ts";
import type { PythonRun } from "../run.ts";
import { download } from "./download.ts";
import { fileGone, hashMismatch } from "./errors.ts";
import { createHttpClient } from "./http.ts";
import type { IndexFile } from "./index-file.ts";
import { listFiles } from "./list-files.ts";
import { type DeclaredIndexes, type IndexSettings, readIndexSettings } from "./settings.ts";
import { CLOSED, once, sharedOf } from "./sharing.ts";
import {
  cachedPath,
  hasWheel,
  keep,
  makeFolderOf,
  sha256OfFile,
  temporaryPath,
  uniqueName,
} from "./wheel-cache.ts";

export interface IndexClient {
  readonly settings: IndexSettings;
  /**
   * A wheel as a file on this machine, its SHA-256 proven where one is known: in the user's cache, or, for one that is given by its
   * path, where it stands.
   *
   * @returns an absolute path
   * @throws SLUICE_PYTHON_INDEX_UNREACHABLE, SLUICE_PYTHON_INDEX_DENIED, SLUICE_PYTHON_FILE_GONE, SLUICE_PYTHON_HASH_MISMATCH,
   * SLUICE_PYTHON_CACHE_UNUSABLE
   */
  fetchWheel(wheel: ResolvedWheel): Promise<string>;
  /** What the configured indexes and `findLinks` have of a project. See {@link listFiles}. */
  listFiles(name: string): Promise<readonly IndexFile[]>;
  /**
   * A URL as the file `to` (absolute), whole or not at all, in place of one that is there; its folder is made.
   *
   * @param wanted - `sha256`: hexadecimal
   */
  downloadFile(wanted: { readonly url: string; readonly sha256: string; readonly to: string }): Promise<void>;
  /** Ends what is still under way, and closes the connections that are kept. */
  close(): void;
}

export interface ClientOptions {
  /** Absolute path of the folder that the resolver runs in. Default: the root. */
  readonly folder?: string;
  /** What the files of requirements say. */
  readonly declared?: DeclaredIndexes;
}

async function provenFile(wheel: ResolvedWheel, path: string): Promise<string> {
  const found = await sha256OfFile(path);
  if (found === null) throw fileGone(wheel.filename, path);
  if (wheel.sha256 !== null && wheel.sha256 !== found)
    throw hashMismatch(wheel.filename, path, wheel.sha256, found);
  return path;
}

/**
 * The door to package indexes: their settings as pip and uv have them, their files, and the user's cache of wheels. Nothing is asked
 * before something is needed that the cache does not have.
 *
 * @throws SLUICE_PYTHON_INDEX_SETTINGS
 */
export function createIndexClient(run: PythonRun, options: ClientOptions = {}): IndexClient {
  const { home, root, repository } = run;
  const { env } = run.context;
  const closing = new AbortController();
  const signal = AbortSignal.any([run.context.signal, closing.signal]);
  // Each request listens to it; Node.js warns of a leak from eleven on.
  setMaxListeners(0, signal);
  const context = { ...run.context, signal };
  const declared = options.declared ?? {};
  const own = run.fn.python.findLinks.map((folder) => join(root, folder));
  const settings = readIndexSettings({
    env,
    folder: options.folder ?? root,
    root: repository,
    declared: { ...declared, findLinks: [...own, ...(declared.findLinks ?? [])] },
  });
  const http = createHttpClient(settings, env, signal);
  const shared = sharedOf(run.context);

  const fetch = async (wheel: ResolvedWheel, url: string): Promise<string> => {
    const { sha256, filename } = wheel;
    if (sha256 !== null) {
      const path = cachedPath(home, sha256, filename);
      if (await hasWheel(path, sha256)) return path;
    }
    return await shared.limit(async () => {
      const to = await temporaryPath(home, context.now());
      const found = await download({ what: filename, url, sha256, to }, http, context);
      context.log.debug(`Fetched ${filename} from ${new URL(url).host}.`);
      const path = cachedPath(home, found, filename);
      await keep(to, path, found);
      return path;
    });
  };

  return {
    settings,
    fetchWheel: (wheel) => {
      const { from, sha256, filename } = wheel;
      if ("path" in from) return provenFile(wheel, from.path);
      if (from.url.startsWith("file:")) return provenFile(wheel, fileURLToPath(from.url));
      const key = sha256 === null ? from.url : cachedPath(home, sha256, filename);
      return once(shared, key, () => fetch(wheel, from.url));
    },
    listFiles: (name) => listFiles(name, settings, http, context),
    downloadFile: async ({ url, sha256, to }) => {
      const temporary = uniqueName(to);
      await makeFolderOf(temporary);
      const what = new URL(url).pathname.split("/").at(-1) ?? url;
      await download({ what, url, sha256, to: temporary }, http, context);
      await keep(temporary, to, sha256);
    },
    close: () => {
      closing.abort(CLOSED);
      http.close();
    },
  };
}
