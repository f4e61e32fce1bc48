import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "../cache.ts";
import { runCommand } from "../command.ts";
import { downloadWithPip } from "../peers/pip.ts";
import { ADDED, MACHINES, MINOR, PINS, type Pin, pinned, pipPlatforms } from "./packages.ts";

/** A wheel as the registry has it. */
export interface WheelFile {
  readonly filename: string;
  readonly bytes: Buffer;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Its METADATA, which PyPI gives away by itself (PEP 658). */
  readonly metadata: Buffer;
}

/** Writes METADATA of each wheel of a folder beside it. */
const EXTRACT = `
import pathlib, sys, zipfile
for wheel in pathlib.Path(sys.argv[1]).glob("*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        pathlib.Path(f"{wheel}.metadata").write_bytes(archive.read(name))
`;

/** The project that a wheel is of, its name normalized (PEP 503). */
export function projectOf(filename: string): string {
  return (filename.split("-")[0] ?? "").toLowerCase().replace(/[-_.]+/g, "-");
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function fetchInto(folder: string, pip: string, signal: AbortSignal): Promise<void> {
  const options = { cwd: folder, env: process.env as Record<string, string>, signal };
  const requirements = join(folder, "requirements.txt");
  await writeFile(requirements, pinned([...PINS, ADDED]));
  for (const machine of MACHINES) {
    const wanted = { requirements, target: folder, minor: MINOR, platforms: pipPlatforms(machine) };
    await downloadWithPip(pip, wanted, options);
  }
  await runCommand("python3", ["-c", EXTRACT, folder], options);
}

/**
 * The wheels of all packages for both machines, from the registry, once for all runs.
 *
 * @param pip - path of its executable
 */
export async function fetchWheels(pip: string, signal: AbortSignal): Promise<readonly WheelFile[]> {
  const id = sha256Of(Buffer.from(pinned([...PINS, ADDED]))).slice(0, 12);
  const folder = await cached(`python-wheels-${id}`, (path) => fetchInto(path, pip, signal));
  const names = readdirSync(folder).filter((name) => name.endsWith(".whl"));
  return names.sort().map((filename) => {
    const bytes = readFileSync(join(folder, filename));
    const metadata = readFileSync(join(folder, `${filename}.metadata`));
    return { filename, bytes, sha256: sha256Of(bytes), metadata };
  });
}

/** Which of the wheels are of a package. */
export function wheelsOf({ name }: Pin, wheels: readonly WheelFile[]): readonly WheelFile[] {
  return wheels.filter(({ filename }) => projectOf(filename) === name);
}
