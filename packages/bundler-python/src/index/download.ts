import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { isSluiceError, type RunContext } from "@sluice/core";
import { type Attempt, failureOf, isPassing, retryAfter, withAttempts } from "./attempts.ts";
import { cacheUnusable, fileGone, hashMismatch, indexDenied, indexUnreachable, shownUrl } from "./errors.ts";
import type { Answer, HttpClient } from "./http.ts";

export interface DownloadRequest {
  /** For people: the file's name. */
  readonly what: string;
  readonly url: string;
  /** Hexadecimal; `null`: any content will do. */
  readonly sha256: string | null;
  /** Absolute path of a file that does not exist. */
  readonly to: string;
}

/** A file on its way: what of it is written, and hashed. */
interface Transfer {
  readonly request: DownloadRequest;
  readonly file: FileHandle;
  hash: Hash;
  written: number;
  /** What proves that the rest belongs to what is written: a strong ETag, or the time of the last change. */
  validator: string | null;
  /** Whether any part was asked for by Range. */
  resumed: boolean;
}

/** Writes of this size or more at once: a TLS record holds 16 kB at most. */
const BATCH_BYTES = 512 * 1024;

async function restart(transfer: Transfer): Promise<void> {
  transfer.hash = createHash("sha256");
  transfer.written = 0;
  transfer.validator = null;
  await transfer.file.truncate(0);
}

/** Hashes and writes the chunks; where a system writes a part alone, the rest is written after it. */
async function writeAll(transfer: Transfer, chunks: readonly Buffer[]): Promise<void> {
  for (const chunk of chunks) transfer.hash.update(chunk);
  let rest = chunks;
  while (rest.length > 0) {
    const { bytesWritten } = await transfer.file.writev(rest, transfer.written).catch((error: unknown) => {
      throw cacheUnusable(dirname(transfer.request.to), error);
    });
    transfer.written += bytesWritten;
    const size = rest.reduce((sum, { length }) => sum + length, 0);
    rest = bytesWritten === size ? [] : [Buffer.concat(rest).subarray(bytesWritten)];
  }
}

/** Takes what comes, and keeps it even if the body is cut off. */
async function receive(transfer: Transfer, body: AsyncIterable<Buffer>): Promise<void> {
  let chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size < BATCH_BYTES) continue;
      const batch = chunks;
      chunks = [];
      size = 0;
      await writeAll(transfer, batch);
    }
  } finally {
    await writeAll(transfer, chunks);
  }
}

function rangeHeaders({ written, validator }: Transfer): Readonly<Record<string, string>> {
  if (written === 0) return {};
  return { range: `bytes=${written}-`, ...(validator === null ? {} : { "if-range": validator }) };
}

/** Whether an answer goes on exactly where the file ends. */
function goesOn({ status, headers }: Answer, written: number): boolean {
  const [, from] = /^bytes (\d+)-/.exec(headers["content-range"] ?? "") ?? [];
  return status === 206 && Number(from) === written;
}

function validatorOf({ headers }: Answer): string | null {
  const { etag } = headers;
  return etag !== undefined && !etag.startsWith("W/") ? etag : (headers["last-modified"] ?? null);
}

/** The error of an answer that another attempt would not change. */
function refusalOf({ what, url }: DownloadRequest, answer: Answer): Error | null {
  const { status } = answer;
  if (status === 200 || status === 206 || status === 416 || isPassing(status)) return null;
  if (status === 401 || status === 403) return indexDenied(what, answer.url, status, answer.hadCredentials);
  if (status === 404 || status === 410) return fileGone(what, shownUrl(answer.url));
  return indexUnreachable(what, url, `it answered ${status}`, 1, undefined);
}

async function attempt(transfer: Transfer, http: HttpClient, now: number): Promise<Attempt<true>> {
  const before = transfer.written;
  try {
    const answer = await http.get(transfer.request.url, rangeHeaders(transfer));
    const { status, body } = answer;
    const refusal = refusalOf(transfer.request, answer);
    if (refusal !== null || (status !== 200 && !goesOn(answer, before))) {
      body.destroy();
      if (refusal !== null) throw refusal;
      if (!isPassing(status)) await restart(transfer);
      const waitMs = retryAfter(answer.headers["retry-after"], now);
      return { failure: { reason: `it answered ${status}`, cause: undefined, waitMs, progress: false } };
    }
    if (status === 200 && before > 0) await restart(transfer);
    transfer.resumed = status === 206;
    transfer.validator ??= validatorOf(answer);
    await receive(transfer, body);
    return { value: true };
  } catch (error) {
    if (isSluiceError(error)) throw error;
    const progress = transfer.written > before;
    // Without a hash nothing but a validator could tell that the rest belongs to the same file.
    if (transfer.request.sha256 === null && transfer.validator === null) await restart(transfer);
    return { failure: failureOf(error, progress) };
  }
}

async function fill(transfer: Transfer, http: HttpClient, context: RunContext): Promise<string> {
  const { what, url, sha256 } = transfer.request;
  const run = (): Promise<true> =>
    withAttempts(
      context,
      () => attempt(transfer, http, context.now()),
      ({ reason, cause }, attempts) => indexUnreachable(what, url, reason, attempts, cause),
    );
  await run();
  let found = transfer.hash.digest("hex");
  if (sha256 !== null && found !== sha256 && transfer.resumed) {
    // Two parts of two files: the whole is asked for before anybody is blamed.
    await restart(transfer);
    await run();
    found = transfer.hash.digest("hex");
  }
  if (sha256 !== null && found !== sha256) throw hashMismatch(what, shownUrl(url), sha256, found);
  return found;
}

/**
 * Streams a URL into a new file, hashing on the way; a body that is cut off is gone on with where it ended, if the server can. On a
 * failure nothing is left.
 *
 * @returns the content's SHA-256, hexadecimal
 * @throws SLUICE_PYTHON_INDEX_UNREACHABLE, SLUICE_PYTHON_INDEX_DENIED, SLUICE_PYTHON_FILE_GONE, SLUICE_PYTHON_HASH_MISMATCH,
 * SLUICE_PYTHON_CACHE_UNUSABLE; the signal's reason when cancelled
 */
export async function download(
  request: DownloadRequest,
  http: HttpClient,
  context: RunContext,
): Promise<string> {
  const file = await open(request.to, "wx").catch((error: unknown) => {
    throw cacheUnusable(dirname(request.to), error);
  });
  const hash = createHash("sha256");
  const transfer: Transfer = { request, file, hash, written: 0, validator: null, resumed: false };
  let isDone = false;
  try {
    const found = await fill(transfer, http, context);
    isDone = true;
    return found;
  } finally {
    await file.close();
    if (!isDone) await rm(request.to, { force: true }).catch(() => undefined);
  }
}
