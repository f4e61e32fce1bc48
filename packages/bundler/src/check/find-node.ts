import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { RunContext } from "@sluice/core";

/** A Node.js on this machine. */
export interface CheckNode {
  /** Absolute path. */
  readonly path: string;
  /** As `22.23.2`. */
  readonly version: string;
}

/** Finds a Node.js of a major on this machine, `null` where there is none. */
export type NodeFor = (major: number) => Promise<CheckNode | null>;

/** The Node.js that runs this. */
export const OWN_NODE: CheckNode = { path: process.execPath, version: process.versions.node };

export function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

/** Asks a Node.js for its version: only one that runs here and is of this major will do. */
async function probe(path: string, major: number): Promise<CheckNode | null> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) return null;
  try {
    const { stdout } = await promisify(execFile)(path, ["--version"], { timeout: 10_000, env: {} });
    const version = stdout.trim().replace(/^v/, "");
    return majorOf(version) === major ? { path, version } : null;
  } catch {
    return null;
  }
}

/** Folders with one Node.js version each, as version managers have them, and where the binary stands in them. */
function versionFolders(env: RunContext["env"]): readonly (readonly [string, string])[] {
  const home = env["HOME"] || homedir();
  const share = env["XDG_DATA_HOME"] || join(home, ".local", "share");
  return [
    [join(env["NVM_DIR"] || join(home, ".nvm"), "versions", "node"), "bin/node"],
    [join(env["FNM_DIR"] || join(share, "fnm"), "node-versions"), "installation/bin/node"],
    [join(home, ".fnm", "node-versions"), "installation/bin/node"],
    [join(env["VOLTA_HOME"] || join(home, ".volta"), "tools", "image", "node"), "bin/node"],
    [join(env["ASDF_DATA_DIR"] || join(home, ".asdf"), "installs", "nodejs"), "bin/node"],
    [join(env["MISE_DATA_DIR"] || join(share, "mise"), "installs", "node"), "bin/node"],
    [join(env["N_PREFIX"] || "/usr/local", "n", "versions", "node"), "bin/node"],
    // Runners of GitHub Actions.
    [join(env["RUNNER_TOOL_CACHE"] || "/opt/hostedtoolcache", "node"), `${process.arch}/bin/node`],
  ];
}

function byVersion(one: string, other: string): number {
  return other.localeCompare(one, "en", { numeric: true });
}

/** Versions of a major in a folder of versions, the newest first. */
async function versionsIn(folder: string, major: number): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const wanted = new RegExp(`^v?${major}\\.\\d+\\.\\d+$`);
  return names.filter((name) => wanted.test(name)).sort(byVersion);
}

async function* candidates(major: number, env: RunContext["env"]): AsyncGenerator<string> {
  const named = env[`SLUICE_NODE_${major}`];
  if (named) yield named;
  for (const [folder, binary] of versionFolders(env))
    for (const version of await versionsIn(folder, major)) yield join(folder, version, binary);
  const paths = (env["PATH"] ?? "").split(delimiter).filter((path) => path !== "");
  for (const path of paths) for (const name of [`node${major}`, `node-${major}`]) yield join(path, name);
  for (const path of paths) for (const name of ["node", "nodejs"]) yield join(path, name);
}

/**
 * Finds a Node.js of a major without installing anything: the one that `SLUICE_NODE_<major>` names, the one that runs this, those of
 * nvm, fnm, Volta, asdf, mise, n and GitHub's runners, and `node<major>` and `node` on the PATH.
 */
export async function findNode(major: number, env: RunContext["env"]): Promise<CheckNode | null> {
  if (!env[`SLUICE_NODE_${major}`] && majorOf(OWN_NODE.version) === major) return OWN_NODE;
  for await (const path of candidates(major, env)) {
    const found = await probe(path, major);
    if (found !== null) return found;
  }
  return majorOf(OWN_NODE.version) === major ? OWN_NODE : null;
}
