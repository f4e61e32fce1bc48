import { basename, resolve } from "node:path";
import {
  type CacheKey,
  type Contents,
  digestOf,
  findCached,
  holdsNotice,
  type ListedFile,
  type Listing,
  listAssets,
  listedFile,
  listFolder,
  readListed,
  readListing,
  readyRuntimes,
  readZip,
  refreshed,
  statOf,
  type Zip,
} from "@sluice/artifact";
import { type Artifact, isSluiceError } from "@sluice/core";
import { entryNotFound } from "../errors.ts";
import { besideFiles, writeBeside } from "../node/beside.ts";
import { writeChecked } from "../package.ts";
import type { Work } from "../session.ts";
import { readyTools } from "../tools.ts";
import { assetsOfZip, commandOutputMissing, folderEmpty } from "./errors.ts";
import { checkStartable, startsBootstrap } from "./handler.ts";
import { inventoryOfFiles } from "./inventory.ts";
import { commandInputs, readyKey } from "./key.ts";

type Kind = "folder" | "zip" | "file";

/** What stands at the function's entry; `null` for nothing. */
function kindOf(work: Work): Kind | null {
  const stat = statOf(resolve(work.scope.root, work.fn.entry));
  if (stat === undefined) return null;
  if (stat.isDirectory()) return "folder";
  return /\.zip$/i.test(work.fn.entry) ? "zip" : "file";
}

/**
 * The files of a package by its kind. A single file becomes `bootstrap`, which `provided` runtimes start, and is
 * executable then; other runtimes get it under its own name.
 */
function listingOf(work: Work, kind: Kind): Listing {
  const { fn, scope } = work;
  const path = resolve(scope.root, fn.entry);
  if (kind === "zip") {
    if (fn.assets.length > 0) throw assetsOfZip(fn.name, fn.entry);
    return { files: [listedFile(scope, path, basename(path))], leftOut: [] };
  }
  const assets = listAssets(scope, fn.assets);
  const own = kind === "folder" ? listFolder(scope, path, "") : singleFile(work, path);
  const started = (file: ListedFile): boolean => file.to === "bootstrap" && startsBootstrap(fn);
  if (own.files.length === 0) throw folderEmpty(fn.name, fn.entry);
  const packed = new Set(assets.files.map((file) => file.from));
  const leftOut = [...own.leftOut, ...assets.leftOut].filter(
    (left) => !packed.has(resolve(scope.root, left)),
  );
  const files = [...own.files, ...assets.files];
  // Windows has no modes that could say so.
  return { files: files.map((file) => (started(file) ? { ...file, executable: true } : file)), leftOut };
}

function singleFile(work: Work, path: string): Listing {
  const name = startsBootstrap(work.fn) ? "bootstrap" : basename(path);
  return { files: [listedFile(work.scope, path, name)], leftOut: [] };
}

/** A ready zip with its files: unpacked once, for the manifest, the machine code in it and what is started. */
function takeZip({ fn, session }: Work, bytes: Uint8Array): Contents["entries"] {
  const { entries } = readZip(bytes);
  const paths = entries.map(({ path }) => path);
  const notice = holdsNotice(fn.name, fn.entry, paths);
  if (notice !== null) session.context.emit({ type: "notice", message: notice });
  checkStartable(
    fn,
    entries.map(({ path, mode }) => ({ path, executable: (mode & 0o111) !== 0 })),
  );
  const files = entries.map(({ path, mode, bytes: content }) => {
    const sha256 = digestOf(content).slice("sha256:".length);
    return { path, size: content.length, sha256, mode };
  });
  files.sort((one, other) => (one.path < other.path ? -1 : 1));
  const zip: Zip = { bytes, files, unzippedBytes: files.reduce((sum, { size }) => sum + size, 0) };
  return { zip, files: entries };
}

function entriesOf(work: Work, kind: Kind, listing: Listing): Contents["entries"] {
  const [only] = listing.files;
  if (kind === "zip" && only !== undefined) return takeZip(work, readListed(work.scope, only));
  checkStartable(
    work.fn,
    listing.files.map(({ to, executable }) => ({ path: to, executable })),
  );
  return readListing(work, listing);
}

async function pack(
  work: Work,
  kind: Kind,
  listing: Listing,
  key: CacheKey,
  times: Pick<Contents, "startedAt"> & Pick<Contents["read"], "later">,
): Promise<Artifact> {
  const entries = entriesOf(work, kind, listing);
  const inventory = inventoryOfFiles("zip" in entries ? entries.files : entries);
  const beside = besideFiles(inventory, null);
  const artifact = await writeChecked(work, {
    entries,
    compatibleRuntimes: readyRuntimes(work.fn),
    tools: readyTools(),
    key,
    read: { inputs: [], resolution: null, later: times.later },
    startedAt: times.startedAt,
    inventory,
    beside,
  });
  writeBeside(work, beside);
  return artifact;
}

/** Packs a folder, or takes a ready zip as it is. */
export async function bundleReady(work: Work): Promise<Artifact> {
  const startedAt = work.session.context.now();
  const kind = kindOf(work);
  if (kind === null) throw entryNotFound(work.fn.name, work.fn.entry, []);
  const listing = listingOf(work, kind);
  const key = readyKey(work, listing.files, true);
  const cached = await findCached(work.session, work.fn, key);
  return cached === null ? pack(work, kind, listing, key, { startedAt }) : refreshed(work, cached);
}

/** Assets as far as they are there: the command may make some, and whether all are is asked after it. */
function assetsBefore(work: Work): readonly ListedFile[] {
  try {
    return listAssets(work.scope, work.fn.assets).files;
  } catch (error) {
    if (isSluiceError(error)) return [];
    throw error;
  }
}

/** Runs a build command and packs what it made; with `inputs`, only when one of them or an asset has changed. */
export async function bundleCommand(work: Work, command: string): Promise<Artifact> {
  const { fn, session } = work;
  const startedAt = session.context.now();
  const inputs = commandInputs(work);
  const keyWith = (assets: readonly ListedFile[]): CacheKey =>
    readyKey(work, [...inputs, ...assets], fn.inputs !== null);
  const cached = fn.inputs === null ? null : await findCached(session, fn, keyWith(assetsBefore(work)));
  if (cached !== null) return refreshed(work, cached);
  const { runCommand } = await import("./command.ts");
  await runCommand(work, command);
  const kind = kindOf(work);
  if (kind === null) throw commandOutputMissing(fn.name, fn.entry, command);
  const madeAt = session.context.now();
  const listing = listingOf(work, kind);
  const assets = listAssets(work.scope, fn.assets).files;
  const read = new Set(inputs.map(({ from }) => from));
  const made = new Set(assets.map(({ from }) => from).filter((from) => !read.has(from)));
  return pack(work, kind, listing, keyWith(assets), { startedAt, later: { from: madeAt, files: made } });
}
