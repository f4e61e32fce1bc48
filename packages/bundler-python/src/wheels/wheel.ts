import { basename } from "node:path";
import { readZipStreams } from "@sluice/artifact";
import { isSluiceError } from "@sluice/core";
import { wheelErrors } from "./errors.ts";
import { isExecutable, placeOf } from "./layout.ts";
import { fitsRecord, parseRecord } from "./record.ts";
import { normalizeName, parseWheelName } from "./wheel-name.ts";

/** A file as it stands in a flat folder of packages. */
export interface WheelFile {
  /** Relative to that folder, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The raw deflate stream of the bytes, as it stands in the wheel; `null` for a file that is stored there. */
  readonly deflated: Uint8Array | null;
  readonly executable: boolean;
}

/** An opened wheel. */
export interface Wheel {
  /** Normalized as PEP 503 has it. */
  readonly name: string;
  readonly version: string;
  /** Every `python-abi-platform` of its file name. */
  readonly tags: readonly string[];
  /** Its `.dist-info` folder, as `numpy-2.5.5.dist-info`. */
  readonly info: string;
  /** In the order of the wheel. */
  readonly files: readonly WheelFile[];
}

type Streams = ReturnType<typeof readZipStreams>;

function unzip(path: string, bytes: Uint8Array, ahead?: ReadonlyMap<number, Uint8Array>): Streams {
  try {
    return readZipStreams(bytes, path, ahead);
  } catch (error) {
    if (!isSluiceError(error) || error.code === "SLUICE_ARTIFACT_TOO_LARGE") throw error;
    // What is said of the zip is said of the wheel: without the beginning `The zip is refused: `, and the full stop.
    const reason = error.message.replace(/^The zip [^:]*: /, "").replace(/\.$/, "");
    if (error.code === "SLUICE_ZIP_UNSAFE") throw wheelErrors.unsafe(path, reason, error);
    throw wheelErrors.damaged(path, reason, error);
  }
}

/** The `.dist-info` folder: the only one, or of several the one that has the wheel's name. */
function findInfo(path: string, files: Streams, name: string): string {
  const folders = files.flatMap((file) => /^([^/]+\.dist-info)\/METADATA$/.exec(file.path)?.[1] ?? []);
  const [info, ...others] = folders.filter(
    (folder) => folders.length === 1 || normalizeName(folder).startsWith(`${name}-`),
  );
  if (info !== undefined && others.length === 0) return info;
  throw wheelErrors.damaged(path, "it does not have one `.dist-info` folder with METADATA");
}

/** "A wheel installer should warn if Wheel-Version is greater than the version it supports, and must fail if its major version is." */
function checkFormat(path: string, files: Streams, info: string): void {
  const wheel = files.find((file) => file.path === `${info}/WHEEL`);
  const text = wheel === undefined ? "" : Buffer.from(wheel.bytes).toString("utf8");
  const version = /^Wheel-Version:\s*(\S+)/im.exec(text)?.[1];
  if (version === undefined)
    throw wheelErrors.damaged(path, "it does not say which version of the format it has");
  if (!version.startsWith("1."))
    throw wheelErrors.damaged(path, `it has version ${version} of the format, not 1`);
}

/** The second proof of every file's content, after the zip's own sums. What RECORD does not list is taken, as by pip. */
function checkRecord(path: string, files: Streams, info: string): void {
  const record = files.find((file) => file.path === `${info}/RECORD`);
  if (record === undefined) throw wheelErrors.damaged(path, "it has no RECORD");
  const hashes = parseRecord(Buffer.from(record.bytes).toString("utf8"));
  for (const file of files) {
    const hash = hashes.get(file.path);
    if (hash !== undefined && !fitsRecord(file.bytes, hash))
      throw wheelErrors.damaged(path, `${JSON.stringify(file.path)} is not what its RECORD says`);
  }
}

/** Where two files come to lie in one place, the later one does: as if they had been unpacked. */
function place(path: string, files: Streams): WheelFile[] {
  const placed = new Map<string, WheelFile>();
  for (const { path: from, bytes, deflated, mode } of files) {
    const to = placeOf(from);
    if (to === undefined)
      throw wheelErrors.damaged(path, `nothing says where ${JSON.stringify(from)} belongs`);
    if (to !== null) placed.set(to, { path: to, bytes, deflated, executable: isExecutable(to, mode, bytes) });
  }
  return [...placed.values()];
}

/**
 * Unpacks a wheel in memory and proves each file by the zip's CRC and by RECORD. Files are placed as `pip install --target` places
 * them, without scripts and headers.
 *
 * @param path - where it lies: its last part is the wheel's file name
 * @param ahead - what `inflateAhead` gave for it
 * @throws `SLUICE_PYTHON_WHEEL_DAMAGED`, `SLUICE_PYTHON_WHEEL_UNSAFE`, `SLUICE_ARTIFACT_TOO_LARGE`
 */
export function openWheel(path: string, bytes: Uint8Array, ahead?: ReadonlyMap<number, Uint8Array>): Wheel {
  const called = parseWheelName(basename(path));
  if (called === null) throw wheelErrors.damaged(path, "its file name is not that of a wheel");
  const unzipped = unzip(path, bytes, ahead);
  const info = findInfo(path, unzipped, called.name);
  checkFormat(path, unzipped, info);
  checkRecord(path, unzipped, info);
  const { name, version, tags } = called;
  return { name, version, tags, info, files: place(path, unzipped) };
}
