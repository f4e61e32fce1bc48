import { relative, resolve, sep } from "node:path";
import { type Artifact, isSluiceError } from "@sluice/core";
import { readArtifact, writeArtifact } from "../artifact-files.ts";
import { type Beside, remember } from "../cache/cache.ts";
import type { CacheKey } from "../cache/key.ts";
import { leavingLink } from "../cache/links.ts";
import { type ReadFiles, takeInputs } from "../cache/taken.ts";
import { symlinkOutside } from "../files/errors.ts";
import { type Listing, readListed } from "../files/listed-file.ts";
import { leftOutNotice } from "../files/never-packed.ts";
import { architecturesOf, type PackedFile } from "../machine/compatibility.ts";
import type { ArtifactDraft } from "../manifest.ts";
import { createZip, type Zip, type ZipEntry, type ZipOptions } from "../zip.ts";
import { type Inventory, packedPackages } from "./inventory.ts";
import type { BuildWork } from "./session.ts";

/** What goes into a package and how it came about. */
export interface Contents {
  /** Files to zip, or a zip that is taken as it is with the files in it. */
  readonly entries: readonly ZipEntry[] | { readonly zip: Zip; readonly files: readonly PackedFile[] };
  readonly compatibleRuntimes: readonly string[];
  readonly tools: Readonly<Record<string, string>>;
  readonly key: CacheKey;
  readonly read: ReadFiles;
  /** What the package is made of, where that is known. */
  readonly inventory?: Pick<Inventory, "packages">;
  /** Files that stand beside the zip, for when the artifact is put in place from the cache. */
  readonly beside?: readonly Beside[];
  /** When the first file was read, in ms since the epoch. */
  readonly startedAt: number;
  /** What the package is for, in errors about its size. Default: the function. */
  readonly where?: string;
  /** What a file is counted with when the package is too large, where that is not its folder in `node_modules`. */
  readonly partOf?: (path: string) => string | null;
  /** What has to hold before anything is written, as that the handler loads; rejects with what is wrong. */
  readonly check?: (zip: Zip) => Promise<void>;
}

/** Reads listed files for a zip, and says what was left out. */
export function readListing(work: BuildWork, listing: Listing): ZipEntry[] {
  const { root } = work.scope;
  const isModule = work.fn.source === "module" && work.fn.command === null;
  const entry = relative(root, resolve(root, work.fn.entry)).replaceAll(sep, "/");
  const notice = leftOutNotice(work.fn.name, listing.leftOut, isModule ? null : entry);
  if (notice !== null) work.session.context.emit({ type: "notice", message: notice });
  return listing.files.map((file) => ({
    path: file.to,
    bytes: readListed(work.scope, file),
    executable: file.executable,
  }));
}

/** How often it is tried to be the last one. */
const TRIES = 3;

/** Whether zip and manifest are of two processes, which built the function from different sources at once. */
async function isMixed({ fn, session }: BuildWork): Promise<boolean> {
  try {
    await readArtifact(session.artifacts, fn.name, { verify: true });
    return false;
  } catch (error) {
    return isSluiceError(error) && error.code === "SLUICE_ARTIFACT_CORRUPT";
  }
}

/** Writes both files of an artifact so that they belong together: whoever writes last looks, and writes again. */
async function writeWhole(work: BuildWork, zip: Zip, draft: ArtifactDraft): Promise<Artifact> {
  let artifact = await writeArtifact(work.session.artifacts, zip, draft);
  for (let tried = 1; tried < TRIES && (await isMixed(work)); tried += 1)
    artifact = await writeArtifact(work.session.artifacts, zip, draft);
  return artifact;
}

function zipOptions(name: string, { partOf, where = `functions.${name}` }: Contents): ZipOptions {
  return { where, ...(partOf === undefined ? {} : { partOf }) };
}

/** Zips, checks and writes a function's package, and remembers it. */
export async function writePackage(work: BuildWork, contents: Contents): Promise<Artifact> {
  const { fn, session, input } = work;
  const { entries, key, read } = contents;
  const leaving = leavingLink(session, read.resolution?.links ?? []);
  if (leaving !== null) throw symlinkOutside(fn.name, leaving);
  const architectures = architecturesOf(fn, "zip" in entries ? entries.files : entries);
  const taken = takeInputs(session, key, read, contents.startedAt);
  session.context.signal.throwIfAborted();
  const zip = "zip" in entries ? entries.zip : await createZip(entries, zipOptions(fn.name, contents));
  session.context.signal.throwIfAborted();
  await contents.check?.(zip);
  session.context.signal.throwIfAborted();
  const draft: ArtifactDraft = {
    function: fn.name,
    runtime: fn.runtime,
    architecture: architectures.architecture,
    handler: fn.handler,
    compatibleRuntimes: contents.compatibleRuntimes,
    compatibleArchitectures: architectures.compatible,
    ...(contents.inventory === undefined ? {} : { packages: packedPackages(contents.inventory) }),
    sources: taken.sources,
    tools: contents.tools,
    packageVersion: input.packageVersion,
    commit: input.ref?.commit ?? null,
    dirty: input.ref?.dirty ?? null,
  };
  const artifact = await writeWhole(work, zip, draft);
  remember(session, { key, read, taken, artifact, beside: contents.beside ?? [] });
  return artifact;
}
