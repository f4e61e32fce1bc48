import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { RunContext, SluiceError } from "@sluice/core";
import { run } from "./command.ts";
import { localErrors } from "./errors.ts";
import { type Installation, installOnce } from "./install.ts";
import { MINISTACK, MINISTACK_FOLDER, REQUIREMENTS } from "./versions.ts";

/** A Python that can import MiniStack. */
export interface PythonWithMinistack {
  /** Absolute path of the interpreter. */
  readonly python: string;
  /** Folders that it must search besides its own. */
  readonly path: readonly string[];
  /** As `3.11`. */
  readonly version: string;
}

const NAMES = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const PROBE = "import sys; print(*sys.version_info[:2], sys.executable)";
/** Wheels alone: a build from source would run for minutes and need compilers. */
const PIP_OPTIONS = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
/** What in the user's environment would put packages elsewhere. Indexes, proxies and certificates stay as they are. */
const PIP_ENVIRONMENT = {
  PIP_USER: "0",
  PIP_REQUIRE_VIRTUALENV: "0",
  PIP_TARGET: "",
  PIP_PREFIX: "",
  PYTHONPATH: "",
  PYTHONHOME: "",
};

type Interpreter = Pick<PythonWithMinistack, "python" | "version">;

/** Asks an interpreter what it is; `null` for one that does not run. */
async function probe(name: string, context: RunContext, cwd: string): Promise<Interpreter | null> {
  const { ok, stdout } = await run(name, ["-c", PROBE], context, { cwd });
  const [, major, minor, python] = /^(\d+) (\d+) (.+)$/m.exec(stdout) ?? [];
  return ok && python !== undefined ? { python, version: `${major}.${minor}` } : null;
}

/** Finds a Python of at least 3.10, which MiniStack's metadata asks for, and the versions that were too old. */
async function findPython(
  context: RunContext,
  cwd: string,
): Promise<{ readonly found: Interpreter | null; readonly old: string[] }> {
  const old: string[] = [];
  for (const name of NAMES) {
    const found = await probe(name, context, cwd);
    if (found === null) continue;
    const [major, minor] = found.version.split(".").map(Number);
    if (major === 3 && Number(minor) >= 10) return { found, old };
    old.push(`${found.python} ${found.version}`);
  }
  return { found: null, old };
}

const DISK_FULL = /No space left on device|Errno 28\b|os error 28\b/;

/** What a failed command means. */
function failed(tool: string, tail: string, folder: string): SluiceError {
  return DISK_FULL.test(tail)
    ? localErrors.folder(folder, "no space left on the device")
    : localErrors.installFailed(tool, tail);
}

/** With uv, which is several times faster and can bring a Python of its own. */
async function installWithUv(folder: string, context: RunContext): Promise<PythonWithMinistack | string> {
  const environment = join(folder, "venv");
  const python = join(environment, "bin", "python");
  const options = { cwd: folder, env: PIP_ENVIRONMENT };
  const make = ["venv", "--no-project", "--python", ">=3.10", environment];
  const made = await run("uv", make, context, options);
  if (!made.ok) return made.tail;
  const install = ["pip", "install", "--python", python, "--only-binary", ":all:", "--compile-bytecode"];
  const installed = await run("uv", [...install, ...REQUIREMENTS], context, options);
  if (!installed.ok) return installed.tail;
  const version = (await probe(python, context, folder))?.version;
  return version === undefined ? `${python} does not run.` : { python, path: [], version };
}

/** With the virtual environments of the standard library, or where Debian has taken them out, with pip alone. */
async function installWithPip(
  folder: string,
  { python: interpreter, version }: Interpreter,
  context: RunContext,
): Promise<PythonWithMinistack> {
  const options = { cwd: folder, env: PIP_ENVIRONMENT };
  const environment = join(folder, "venv");
  const made = await run(interpreter, ["-m", "venv", environment], context, options);
  if (made.ok) {
    const python = join(environment, "bin", "python");
    const installed = await run(
      python,
      ["-m", "pip", "install", ...PIP_OPTIONS, ...REQUIREMENTS],
      context,
      options,
    );
    if (!installed.ok) throw failed("pip", installed.tail, folder);
    return { python, path: [], version };
  }
  if (DISK_FULL.test(made.tail)) throw failed("venv", made.tail, folder);
  const pip = await run(interpreter, ["-m", "pip", "--version"], context, options);
  if (!pip.ok) throw localErrors.noVenv(interpreter, made.tail);
  const target = join(folder, "packages");
  const install = ["-m", "pip", "install", "--target", target, ...PIP_OPTIONS, ...REQUIREMENTS];
  const installed = await run(interpreter, install, context, options);
  if (!installed.ok) throw failed("pip", installed.tail, folder);
  return { python: interpreter, path: [target], version };
}

async function install(folder: string, context: RunContext): Promise<PythonWithMinistack> {
  const hasUv = (await run("uv", ["--version"], context, { cwd: folder })).ok;
  context.emit({
    type: "notice",
    message: `Installing MiniStack ${MINISTACK} with ${hasUv ? "uv" : "pip"} into ${folder} (once)`,
  });
  const withUv = hasUv ? await installWithUv(folder, context) : null;
  if (withUv !== null && typeof withUv !== "string") return withUv;
  const { found, old } = await findPython(context, folder);
  if (found !== null) return installWithPip(folder, found, context);
  if (withUv !== null) throw failed("uv", withUv, folder);
  throw localErrors.noPython(old);
}

/**
 * Installs MiniStack into the cache unless it is there.
 *
 * @throws SLUICE_LOCAL_NO_PYTHON, SLUICE_LOCAL_NO_VENV, SLUICE_LOCAL_INSTALL_FAILED, SLUICE_LOCAL_FOLDER
 */
export async function installMinistack(home: string, context: RunContext): Promise<PythonWithMinistack> {
  const installation: Installation<PythonWithMinistack> = await installOnce(
    join(home, MINISTACK_FOLDER),
    {
      install: (folder) => install(folder, context),
      // Its interpreter is a link to the system's, which may have been upgraded away.
      works: ({ python }) =>
        access(python, constants.X_OK).then(
          () => true,
          () => false,
        ),
    },
    context,
  );
  return installation.value;
}
