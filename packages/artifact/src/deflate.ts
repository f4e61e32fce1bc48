import { type DeflateOptions, deflateSync } from "fflate";
import { deflateInPool, isPoolRunning } from "./deflate-pool.ts";

/** Stored, then from fast to small. */
export type DeflateLevel = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/** Bytes from which starting workers (some 30 ms) costs less than they save. */
const POOL_FROM = 1_000_000;
/** Bytes below which the way to a worker, or remembering the result, costs more than the work. */
const WORTHWHILE_FROM = 16_384;
/** Bytes of compressed results that are remembered for the other packages of this process. */
const MEMORY = 64_000_000;

interface Remembered {
  readonly result: Promise<Uint8Array>;
  /** Bytes; `0` while it is being made. */
  size: number;
}

const remembered = new Map<string, Remembered>();
let rememberedBytes = 0;

/**
 * fflate chooses the size of its hash table by a logarithm in floating point; the same choice in integers cannot differ
 * between machines, and with it the compressed bytes.
 */
function optionsFor(size: number, level: DeflateLevel): DeflateOptions {
  const bits = 32 - Math.clz32(size);
  const mem = Math.min(20, Math.max(12, bits)) - 12;
  return { level, mem: mem as NonNullable<DeflateOptions["mem"]> };
}

async function compress(bytes: Uint8Array, level: DeflateLevel, inPool: boolean): Promise<Uint8Array> {
  const options = optionsFor(bytes.length, level);
  if (inPool) {
    try {
      return await deflateInPool(bytes, options);
    } catch {
      // Workers are an optimisation: where they cannot run, the same bytes are made here.
    }
  }
  return deflateSync(bytes, options);
}

/** Takes a finished result into account, and forgets the oldest ones until the rest fits. */
function account(entry: Remembered, size: number): void {
  entry.size = size;
  rememberedBytes += size;
  for (const [key, { size }] of remembered) {
    if (rememberedBytes <= MEMORY) return;
    if (size > 0) remembered.delete(key);
    rememberedBytes -= size;
  }
}

/** Whether work of this many bytes in all is worth sharing with other threads. */
export function isPoolWorthwhile(totalBytes: number): boolean {
  return isPoolRunning() || totalBytes >= POOL_FROM;
}

/**
 * Raw deflate (RFC 1951) by fflate. The result depends on `bytes` and `level` alone, not on which thread made it.
 *
 * @param sha256 - of `bytes`: what was compressed once in this process is not compressed again
 */
export async function deflate(
  bytes: Uint8Array,
  sha256: string,
  level: DeflateLevel,
  inPool: boolean,
): Promise<Uint8Array> {
  if (bytes.length < WORTHWHILE_FROM) return compress(bytes, level, false);
  const key = `${level}:${sha256}`;
  const known = remembered.get(key);
  if (known !== undefined) return known.result;
  const entry: Remembered = { result: compress(bytes, level, inPool), size: 0 };
  remembered.set(key, entry);
  const result = await entry.result;
  account(entry, result.length);
  return result;
}
