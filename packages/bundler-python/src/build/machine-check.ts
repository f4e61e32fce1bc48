import { libcMisfit, machineOf } from "@sluice/artifact";
import type { PythonRun } from "../run.ts";
import { buildErrors } from "./errors.ts";

/** A file that is to be packed. */
export interface CheckedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The package that brings it; `null` for a file of the repository. */
  readonly owner: string | null;
  /** Whether its wheel says that it is for any machine: then it may bring builds for several. */
  readonly isForAny: boolean;
}

/** A part of a name that tells the machine that a file is for: packages for any machine choose by it. */
const PLATFORM =
  /(?:^|[._/-])(?:x86_64|x86-64|amd64|x64|i[36]86|x86|aarch64|arm64|armv\d\w*|arm|ppc64\w*|s390x|riscv64|musl\w*|win(?:32|64)?|darwin|macos\w*)(?=$|[._/-])/i;

/** Why a file cannot be loaded by the function, in words that go on after `is`; `null` when it can, or is no machine code. */
export function misfitOf(run: PythonRun, { path, bytes }: CheckedFile): string | null {
  const isLibrary = /\.so(?:\.\d+)*$/.test(path);
  const machine = machineOf(bytes, isLibrary);
  if (machine === null) return null;
  if (machine.kind === "foreign") return isLibrary ? `built for ${machine.name}` : null;
  if (machine.architecture !== run.fn.architecture) return `built for ${machine.architecture}`;
  return libcMisfit(bytes, run.fn.runtime);
}

/**
 * Looks into every ELF file of a package: its processor, its C library, and the newest glibc symbol version that it needs.
 *
 * @returns sentences for people: files for other machines in packages that choose among several by themselves
 * @throws `SLUICE_PYTHON_MACHINE_CODE`, naming the file and the package
 */
export function checkMachineCode(run: PythonRun, files: readonly CheckedFile[]): readonly string[] {
  const others = new Map<string, string>();
  for (const file of files) {
    const misfit = misfitOf(run, file);
    if (misfit === null) continue;
    if (file.owner === null || !file.isForAny || !PLATFORM.test(file.path))
      throw buildErrors.machineMisfit(run, file.path, file.owner, misfit);
    if (!others.has(file.owner)) others.set(file.owner, `${file.path} is ${misfit}`);
  }
  return [...others].map(
    ([owner, what]) =>
      `${owner} brings builds for several machines, as ${what}: they are packed as they are.`,
  );
}
