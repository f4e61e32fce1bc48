import { machineOf } from "@sluice/artifact";
import type { Architecture } from "@sluice/core";
import type { PythonRun } from "../run.ts";
import type { PackageFile } from "./check-options.ts";
import { anyPython, findPython, type Python } from "./find-python.ts";

/** How a function can be checked on this machine. */
export type Means =
  /** Its handler can be loaded. */
  | { readonly kind: "load"; readonly python: Python }
  /** Only the syntax of its own files can be. `python`: `null` where there is none. */
  | { readonly kind: "syntax"; readonly python: Python | null; readonly reason: string };

/** Architectures of the machine code in a package. */
function builtFor(files: Iterable<PackageFile>): ReadonlySet<Architecture> {
  const found = new Set<Architecture>();
  for (const { bytes } of files) {
    const machine = machineOf(bytes, false);
    if (machine?.kind === "linux") found.add(machine.architecture);
  }
  return found;
}

/** Why machine code of a package does not run in a Python of this machine, `null` where it does or there is none. */
function foreignCode(python: Python, built: ReadonlySet<Architecture>): string | null {
  if (built.size === 0) return null;
  const code = `machine code for Linux on ${[...built].sort().join(" and ")}`;
  if (python.platform !== "linux") return `${code} is in the package, and this machine is no Linux`;
  if (python.architecture === null || [...built].some((each) => each !== python.architecture))
    return `${code} is in the package, and this machine's processor is another`;
  return python.glibc ? null : `${code} is in the package, and this machine's C library is not glibc`;
}

/** Tells how a function can be checked, with what this machine has. */
export async function meansFor(run: PythonRun, files: Iterable<PackageFile>): Promise<Means> {
  const { env, signal } = run.context;
  const { minor } = run.target;
  const exact = await findPython({ env, signal, minor });
  if (exact === null) {
    const reason = `no Python 3.${minor} is on this machine (SLUICE_PYTHON_3_${minor} can name one)`;
    return { kind: "syntax", python: await anyPython({ env, signal }), reason };
  }
  const foreign = foreignCode(exact, builtFor(files));
  return foreign === null
    ? { kind: "load", python: exact }
    : { kind: "syntax", python: exact, reason: foreign };
}
