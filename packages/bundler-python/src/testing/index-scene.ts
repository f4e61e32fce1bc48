import { readdir } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { isSluiceError } from "@sluice/core";
import { createFixture, type FsFixture } from "fs-fixture";
import { createIndexClient } from "../index/client.ts";
import type { ResolvedWheel } from "../resolution.ts";
import { sha256Of } from "./index-pages.ts";
import { indexRun, type RunDraft } from "./index-run.ts";
import { type IndexOptions, startIndex, type TestIndex } from "./index-server.ts";

export const FILENAME = "tiny-1.0-py3-none-any.whl";
/** 1.9 MB: too long for one write, and other in each of its parts. */
export const BYTES: Buffer = Buffer.from(
  Array.from({ length: 400_000 }, (_, at) => at.toString(36)).join(" "),
);
export const SHA256: string = sha256Of(BYTES);

/** What became of a fetch. */
export interface Fetched {
  readonly path: string | null;
  readonly code: string | null;
  readonly message: string;
  readonly hint: string;
  readonly pauses: readonly number[];
}

/** A temporary folder, and indexes that have the one wheel. */
export interface FetchScene {
  readonly place: FsFixture;
  start(options?: Partial<IndexOptions>): Promise<TestIndex>;
  fetch(wheel: ResolvedWheel, draft?: Omit<RunDraft, "folder">): Promise<Fetched>;
  /** Names of all files that the cache holds. */
  cached(): Promise<string[]>;
  end(): Promise<void>;
}

export function wheelAt(url: string, sha256: string | null = SHA256): ResolvedWheel {
  return { name: "tiny", version: "1.0", filename: FILENAME, from: { url }, sha256 };
}

/** Lets the first `count` requests be answered otherwise. */
export function firstTimes(
  count: number,
  answer: (response: ServerResponse, incoming: IncomingMessage) => void,
): NonNullable<IndexOptions["intercept"]> {
  let left = count;
  return (incoming, response) => {
    if (left === 0) return false;
    left--;
    answer(response, incoming);
    return true;
  };
}

export async function fetchScene(): Promise<FetchScene> {
  const place = await createFixture({ "repo/pyproject.toml": "" });
  const indexes: TestIndex[] = [];
  return {
    place,
    start: async (options = {}) => {
      const index = await startIndex({ packages: [{ filename: FILENAME, bytes: BYTES }], ...options });
      indexes.push(index);
      return index;
    },
    fetch: async (wheel, draft = {}) => {
      const { run, pauses } = indexRun({ folder: place.path, ...draft });
      const client = createIndexClient(run);
      try {
        const path = await client.fetchWheel(wheel);
        return { path, code: null, message: "", hint: "", pauses };
      } catch (error) {
        if (!isSluiceError(error)) throw error;
        return { path: null, code: error.code, message: error.message, hint: error.hint, pauses };
      } finally {
        client.close();
      }
    },
    cached: async () => {
      const cache = join(place.path, "cache");
      const entries = await readdir(cache, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    end: async () => {
      await Promise.all(indexes.map((index) => index.stop()));
      await place.rm();
    },
  };
}
