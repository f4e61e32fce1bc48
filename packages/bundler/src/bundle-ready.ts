import { basename, resolve } from "node:path";
import { adoptZip, readZip } from "@sluice/artifact";
import type { Artifact } from "@sluice/core";
import { listAssets } from "./assets.ts";
import { type CacheKey, findCached } from "./cache.ts";
import { runCommand } from "./command.ts";
import { readyRuntimes } from "./compatibility.ts";
import { commandOutputMissing, entryNotFound, folderEmpty } from "./errors.ts";
import { type Listing, listedFile, listFolder, readListed, statOf } from "./listed-file.ts";
import { type Contents, readListing, writePackage } from "./package.ts";
import { commandInputs, readyKey } from "./ready-key.ts";
import { refreshed } from "./refresh.ts";
import type { Work } from "./session.ts";
import { readyTools } from "./tools.ts";

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
  if (kind === "zip") return { files: [listedFile(scope, path, basename(path))], leftOut: [] };
  const assets = listAssets(scope, fn.assets);
  const own = kind === "folder" ? listFolder(scope, path, "") : singleFile(work, path);
  if (own.files.length === 0) throw folderEmpty(fn.name, fn.entry);
  const packed = new Set(assets.files.map((file) => file.from));
  const leftOut = [...own.leftOut, ...assets.leftOut].filter(
    (left) => !packed.has(resolve(scope.root, left)),
  );
  return { files: [...own.files, ...assets.files], leftOut };
}

function singleFile(work: Work, path: string): Listing {
  const provided = work.fn.runtime.startsWith("provided");
  const file = listedFile(work.scope, path, provided ? "bootstrap" : basename(path));
  return { files: [{ ...file, executable: provided || file.executable }], leftOut: [] };
}

function entriesOf(work: Work, kind: Kind, listing: Listing): Contents["entries"] {
  const [only] = listing.files;
  if (kind !== "zip" || only === undefined) return readListing(work, listing);
  const bytes = readListed(work.scope, only);
  return { zip: adoptZip(bytes), files: readZip(bytes).entries };
}

async function pack(
  work: Work,
  kind: Kind,
  listing: Listing,
  key: CacheKey,
  startedAt: number,
): Promise<Artifact> {
  return writePackage(work, {
    entries: entriesOf(work, kind, listing),
    compatibleRuntimes: readyRuntimes(work.fn),
    tools: readyTools(),
    key,
    read: { inputs: [], resolution: null },
    startedAt,
  });
}

/** Packs a folder, or takes a ready zip as it is. */
export async function bundleReady(work: Work): Promise<Artifact> {
  const startedAt = work.session.context.now();
  const kind = kindOf(work);
  if (kind === null) throw entryNotFound(work.fn.name, work.fn.entry, []);
  const listing = listingOf(work, kind);
  const key = readyKey(work, listing.files, true);
  const cached = await findCached(work.session, work.fn, key);
  return cached === null ? pack(work, kind, listing, key, startedAt) : refreshed(work, cached);
}

/** Runs a build command and packs what it made; with `inputs`, only when one of them has changed. */
export async function bundleCommand(work: Work, command: string): Promise<Artifact> {
  const { fn, session } = work;
  const startedAt = session.context.now();
  const key = readyKey(work, commandInputs(work), fn.inputs !== null);
  const cached = await findCached(session, fn, key);
  if (cached !== null) return refreshed(work, cached);
  await runCommand(work, command);
  const kind = kindOf(work);
  if (kind === null) throw commandOutputMissing(fn.name, fn.entry, command);
  return pack(work, kind, listingOf(work, kind), key, startedAt);
}
