import { access, constants, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunContext } from "@sluice/core";
import { run } from "./command.ts";
import { findComplete, installOnce } from "./install.ts";
import type { LocalOptions, NodeMajor } from "./local-aws.ts";
import { placesOf } from "./places.ts";
import { NODE_PACKAGES } from "./versions.ts";

/** A Node.js on this machine. */
export interface NodeBinary {
  /** Absolute path. */
  readonly path: string;
  /** As `22.23.2`. */
  readonly version: string;
}

/** The Node.js of each major, `null` where it cannot be had. */
export type NodeBinaries = Readonly<Record<NodeMajor, NodeBinary | null>>;

/** The Node.js that runs Sluice. */
export const OWN_NODE: NodeBinary = { path: process.execPath, version: process.versions.node };

/** Milliseconds for which a failed download is not tried again, so that starting is quick without a network. */
const RETRY_AFTER = 3_600_000;

/** A failure that starting survives. */
class Unavailable extends Error {}

async function install(folder: string, spec: string, context: RunContext): Promise<NodeBinary> {
  context.emit({ type: "notice", message: `Installing ${spec} from npm into ${folder} (once)` });
  const beside = join(dirname(process.execPath), "npm");
  const npm = await access(beside, constants.X_OK).then(
    () => beside,
    () => "npm",
  );
  const quiet = [
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
  ];
  // In the folder itself: npm takes the nearest package.json above for its project's.
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  const options = ["--ignore-scripts", "--no-save", "--no-package-lock", "--prefix", folder, ...quiet];
  const installed = await run(npm, ["install", ...options, spec], context, { cwd: folder });
  if (!installed.ok) throw new Unavailable(installed.tail);
  const unpacked = join(folder, "node_modules", spec.slice(0, spec.lastIndexOf("@")));
  // Headers and documentation: 65 MB that nothing here reads.
  for (const name of ["include", "share"]) await rm(join(unpacked, name), { recursive: true, force: true });
  const path = join(unpacked, "bin", "node");
  // It must run here: the binaries are linked against glibc, and a machine may have another C library or an old one.
  const { ok, stdout, tail } = await run(path, ["--version"], context, { cwd: folder });
  if (!ok) throw new Unavailable(tail);
  return { path, version: stdout.trim().replace(/^v/, "") };
}

async function failedLately(marker: string): Promise<boolean> {
  return stat(marker).then(
    (found) => Date.now() - found.mtimeMs < RETRY_AFTER,
    () => false,
  );
}

function works({ path }: NodeBinary): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function findOrInstall(home: string, spec: string, context: RunContext): Promise<NodeBinary | null> {
  const parent = join(home, spec);
  const marker = `${parent}.failed`;
  if (await failedLately(marker)) return null;
  const installer = {
    install: (folder: string) => install(folder, spec, context),
    works,
  };
  try {
    const { value } = await installOnce(parent, installer, context);
    await rm(marker, { force: true });
    return value;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    context.log.debug(`${spec} could not be installed:\n${error.message}`);
    // On a full disk it is tried again each time.
    await writeFile(marker, `${error.message}\nRemove this file to try again at once.\n`).catch(
      () => undefined,
    );
    return null;
  }
}

async function nodeOf(major: NodeMajor, home: string, context: RunContext): Promise<NodeBinary | null> {
  if (OWN_NODE.version.startsWith(`${major}.`)) return OWN_NODE;
  const spec = NODE_PACKAGES[`${process.platform}-${process.arch}`]?.[major];
  return spec === undefined ? null : findOrInstall(home, spec, context);
}

/**
 * Finds a Node.js of this major, the one that runs Sluice before any other, or installs it from npm into the cache; `null` where
 * it cannot be had.
 *
 * @throws SLUICE_LOCAL_FOLDER, SLUICE_LOCAL_LOCKED
 */
export async function localNode(
  major: NodeMajor,
  options: Pick<LocalOptions, "home">,
  context: RunContext,
): Promise<NodeBinary | null> {
  return nodeOf(major, placesOf(options, context).home, context);
}

/** The Node.js of a major that is in the cache already, `null` where it is not: installs nothing. */
export async function cachedNode(
  major: number,
  options: Pick<LocalOptions, "home">,
  context: RunContext,
): Promise<NodeBinary | null> {
  const packages: Readonly<Record<string, string>> =
    NODE_PACKAGES[`${process.platform}-${process.arch}`] ?? {};
  const spec = packages[String(major)];
  if (spec === undefined) return null;
  const found = await findComplete<NodeBinary>(join(placesOf(options, context).home, spec), { works });
  return found?.value ?? null;
}

async function nodeOfRuntime(
  major: NodeMajor,
  home: string,
  context: RunContext,
): Promise<NodeBinary | null> {
  const node = await nodeOf(major, home, context);
  if (node === null) {
    const message = `nodejs${major}.x functions run under Node.js ${OWN_NODE.version}: Node.js ${major} could not be had for this machine.`;
    context.emit({ type: "notice", message });
  }
  return node;
}

/** Finds the Node.js of each runtime in the cache, or installs it from npm; without one, says so and goes on. */
export async function installNodes(home: string, context: RunContext): Promise<NodeBinaries> {
  // One after another: they are 35 MB each, and two halves are of no use if one is cut off.
  const node22 = await nodeOfRuntime("22", home, context);
  return { 22: node22, 24: await nodeOfRuntime("24", home, context) };
}
