import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** Something that may be a Python. */
export interface Candidate {
  readonly path: string;
  /** Python's minor version as the path tells it; `null` where it does not. */
  readonly minor: number | null;
}

/** A folder with one folder for each version, and where Python stands in those. */
interface VersionFolder {
  readonly folder: string;
  /** Names of versions, with the minor as first group. */
  readonly names: RegExp;
  readonly binary: (minor: number) => string;
}

/** The newest and the oldest that are looked for by name. */
const NEWEST = 16;
const OLDEST = 8;

const PLAIN = /^3\.(\d+)(?:\.\d+)?$/;

/** As uv names them: `cpython-3.13.1-linux-x86_64-gnu`; free-threaded ones have a `+` before the platform. */
const OF_UV = /^cpython-3\.(\d+)(?:\.\d+)?-/;

const isWindows = process.platform === "win32";

const inBin = (minor: number): string => (isWindows ? "python.exe" : join("bin", `python3.${minor}`));

function versionFolders(env: Env): readonly VersionFolder[] {
  const home = env["HOME"] || env["USERPROFILE"] || homedir();
  const share = env["XDG_DATA_HOME"] || join(home, ".local", "share");
  const local = env["LOCALAPPDATA"];
  const brew = env["HOMEBREW_PREFIX"];
  const tools = env["RUNNER_TOOL_CACHE"] || env["AGENT_TOOLSDIRECTORY"] || "/opt/hostedtoolcache";
  const kegs = ["/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"];
  const uv = [env["UV_PYTHON_INSTALL_DIR"], join(share, "uv", "python")].filter((each) => each !== undefined);
  return [
    { folder: join(env["PYENV_ROOT"] || join(home, ".pyenv"), "versions"), names: PLAIN, binary: inBin },
    ...uv.map((folder) => ({ folder, names: OF_UV, binary: inBin })),
    {
      folder: join(env["ASDF_DATA_DIR"] || join(home, ".asdf"), "installs", "python"),
      names: PLAIN,
      binary: inBin,
    },
    {
      folder: join(env["MISE_DATA_DIR"] || join(share, "mise"), "installs", "python"),
      names: PLAIN,
      binary: inBin,
    },
    // Runners of GitHub Actions and Azure Pipelines.
    { folder: join(tools, "Python"), names: PLAIN, binary: (minor) => join(process.arch, inBin(minor)) },
    ...[...(brew ? [join(brew, "opt")] : []), ...kegs].map((folder) => ({
      folder,
      names: /^python@3\.(\d+)$/,
      binary: inBin,
    })),
    // python.org on macOS.
    { folder: "/Library/Frameworks/Python.framework/Versions", names: PLAIN, binary: inBin },
    ...(isWindows && local
      ? [
          { folder: join(local, "Programs", "Python"), names: /^Python3(\d+)$/, binary: () => "python.exe" },
          { folder: join(env["APPDATA"] ?? local, "uv", "python"), names: OF_UV, binary: () => "python.exe" },
        ]
      : []),
  ];
}

function newestFirst(one: string, other: string): number {
  return other.localeCompare(one, "en", { numeric: true });
}

async function inVersionFolders(env: Env): Promise<Candidate[]> {
  const found = versionFolders(env).map(async ({ folder, names, binary }) => {
    const versions = (await readdir(folder).catch(() => [])).sort(newestFirst);
    return versions.flatMap((name): Candidate[] => {
      const minor = Number(names.exec(name)?.[1] ?? Number.NaN);
      return Number.isNaN(minor) ? [] : [{ path: join(folder, name, binary(minor)), minor }];
    });
  });
  return (await Promise.all(found)).flat();
}

/** Environments of conda have no version in their names. */
async function inConda(env: Env): Promise<Candidate[]> {
  const home = env["HOME"] || homedir();
  const roots = [env["CONDA_ROOT"], "/opt/conda"].filter((each) => each !== undefined);
  for (const name of ["miniconda3", "miniforge3", "mambaforge", "anaconda3"]) roots.push(join(home, name));
  const environments = roots.map(async (root) => {
    const names = await readdir(join(root, "envs")).catch(() => []);
    return [root, ...names.sort().map((name) => join(root, "envs", name))];
  });
  const folders = [env["CONDA_PREFIX"] ?? [], ...(await Promise.all(environments))].flat();
  return folders.map((folder) => ({
    path: join(folder, ...(isWindows ? ["python.exe"] : ["bin", "python3"])),
    minor: null,
  }));
}

/** `/usr/bin/python3` of a macOS without the command line tools opens a window that offers to install them. */
function asksToInstall(path: string): boolean {
  if (process.platform !== "darwin" || path !== "/usr/bin/python3") return false;
  const tools = ["/Library/Developer/CommandLineTools/usr/bin/python3", "/Applications/Xcode.app"];
  return !tools.some((each) => existsSync(each));
}

function onPath(env: Env): Candidate[] {
  const usual = isWindows ? [] : ["/usr/local/bin", "/usr/bin", "/var/lang/bin"];
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((each) => each !== "");
  const all = [...new Set([...folders, ...usual])];
  const found: Candidate[] = [];
  for (const folder of folders) {
    for (const name of isWindows ? ["python.exe"] : ["python3", "python"])
      found.push({ path: join(folder, name), minor: null });
  }
  for (let minor = NEWEST; minor >= OLDEST && !isWindows; minor -= 1)
    found.push(...all.map((folder) => ({ path: join(folder, `python3.${minor}`), minor })));
  return found.filter(({ path }) => !asksToInstall(path));
}

/**
 * Where Pythons are on machines of developers and CI: those whose paths name a version first, in an order that is the same on every
 * call. Most of them do not exist.
 */
export async function pythonPlaces(env: Env): Promise<Candidate[]> {
  const places = [...onPath(env), ...(await inVersionFolders(env)), ...(await inConda(env))];
  const named = places.filter(({ minor }) => minor !== null);
  return [...named, ...places.filter(({ minor }) => minor === null)];
}
