import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isSluiceError, type RunContext, type SluiceError } from "@sluice/core";
import { failureOf, isPassing, retryAfter, withAttempts } from "./attempts.ts";
import { indexDenied, indexUnreachable } from "./errors.ts";
import type { HttpClient } from "./http.ts";
import { type IndexFile, normalizedName, readFilename } from "./index-file.ts";
import type { IndexSettings } from "./settings.ts";
import { PAGE_TYPES, readHtmlPage, readJsonPage } from "./simple-page.ts";

interface Page {
  readonly text: string;
  readonly url: string;
  readonly isJson: boolean;
}

/** More than the biggest project's page by far (20 MB, 2026). */
const LIMIT_BYTES = 256 * 1024 * 1024;

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LIMIT_BYTES) throw new Error("its page is bigger than 256 MB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The page at a URL; `null`: there is none. */
async function fetchPage(
  url: string,
  what: string,
  http: HttpClient,
  context: RunContext,
): Promise<Page | null> {
  return await withAttempts<Page | null>(
    context,
    async () => {
      try {
        const answer = await http.get(url, { accept: PAGE_TYPES });
        const { status, body, headers } = answer;
        if (status === 200) {
          const isJson = /json/.test(headers["content-type"] ?? "");
          return { value: { text: await textOf(body), url: answer.url, isJson } };
        }
        body.destroy();
        if (status === 404 || status === 410) return { value: null };
        if (status === 401 || status === 403)
          throw indexDenied(what, answer.url, status, answer.hadCredentials);
        const reason = `it answered ${status}`;
        if (!isPassing(status)) throw indexUnreachable(what, url, reason, 1, undefined);
        const waitMs = retryAfter(headers["retry-after"], context.now());
        return { failure: { reason, cause: undefined, waitMs, progress: false } };
      } catch (error) {
        if (isSluiceError(error)) throw error;
        return { failure: failureOf(error, false) };
      }
    },
    ({ reason, cause }, attempts) => indexUnreachable(what, url, reason, attempts, cause),
  );
}

async function filesInFolder(folder: string, project: string): Promise<readonly IndexFile[]> {
  const names = await readdir(folder).catch(() => []);
  return names.sort().flatMap((filename): IndexFile[] => {
    const known = readFilename(filename, project);
    if (known === null) return [];
    const url = pathToFileURL(join(folder, filename)).href;
    const unknown = { sha256: null, requiresPython: null, uploadTime: null, sizeBytes: null };
    return [{ filename, ...known, url, yanked: false, ...unknown }];
  });
}

/** The files at one place: an index's page of the project, a page of links, or a folder. */
async function filesAt(
  place: string,
  project: string,
  http: HttpClient,
  context: RunContext,
): Promise<readonly IndexFile[]> {
  if (place.startsWith("file:")) {
    // An index that is a folder has one for each project, or is flat.
    const own = fileURLToPath(place);
    return [...(await filesInFolder(own, project)), ...(await filesInFolder(dirname(own), project))];
  }
  if (!/^https?:/.test(place)) return filesInFolder(place, project);
  const page = await fetchPage(place, project, http, context);
  if (page === null) return [];
  const { text, url, isJson } = page;
  const listed = isJson ? readJsonPage(text, project, url) : null;
  return listed ?? readHtmlPage(text, project, url);
}

/**
 * Every file that the configured indexes and `findLinks` have of a project, in the order in which they are asked; the first of a name
 * counts. Indexes for pinned packages alone are asked only if the others do not have it; one that cannot be read is an error only if
 * no other one has it.
 *
 * @throws SLUICE_PYTHON_INDEX_UNREACHABLE, SLUICE_PYTHON_INDEX_DENIED
 */
export async function listFiles(
  name: string,
  settings: IndexSettings,
  http: HttpClient,
  context: RunContext,
): Promise<readonly IndexFile[]> {
  const project = normalizedName(name);
  const files = new Map<string, IndexFile>();
  let refused: SluiceError | null = null;
  const take = async (place: string): Promise<void> => {
    try {
      for (const file of await filesAt(place, project, http, context))
        if (!files.has(file.filename)) files.set(file.filename, file);
    } catch (error) {
      if (!isSluiceError(error) || context.signal.aborted) throw error;
      refused ??= error;
    }
  };
  const pages = (isExplicit: boolean): string[] =>
    settings.indexes
      .filter((index) => index.isExplicit === isExplicit)
      .map(({ url }) => new URL(`${project}/`, url).href);
  for (const place of [...settings.findLinks, ...pages(false)]) await take(place);
  for (const place of pages(true)) if (files.size === 0) await take(place);
  if (files.size === 0 && refused !== null) throw refused;
  return [...files.values()];
}
