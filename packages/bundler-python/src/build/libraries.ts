import { posix } from "node:path";
import { dynamicNeeds } from "@sluice/artifact";
import { helpForMissingLibrary } from "../check/advice.ts";
import type { PythonRun } from "../run.ts";
import { buildErrors } from "./errors.ts";
import { type CheckedFile, misfitOf } from "./machine-check.ts";

/**
 * The newest symbol versions of the libstdc++ that Amazon Linux has: GCC 7.3 on Amazon Linux 2, GCC 11 on 2023 (GCC, "ABI Policy and
 * Guidelines").
 */
const NEWEST: Readonly<Record<string, { readonly old: readonly number[]; readonly new: readonly number[] }>> =
  {
    GLIBCXX: { old: [3, 4, 24], new: [3, 4, 29] },
    CXXABI: { old: [1, 3, 11], new: [1, 3, 13] },
  };

function isNewer(version: readonly number[], limit: readonly number[]): boolean {
  for (const [index, part] of version.entries()) {
    const other = limit[index] ?? 0;
    if (part !== other) return part > other;
  }
  return false;
}

/** The first symbol version that the runtime's libstdc++ lacks, as `GLIBCXX_3.4.30`. */
function tooNew(versions: readonly string[], { target }: PythonRun): string | undefined {
  const which = target.glibc[1] < 34 ? "old" : "new";
  return versions.find((version) => {
    const [, family = "", numbers = ""] = /^([A-Z]+)_(\d+(?:\.\d+)*)$/.exec(version) ?? [];
    const limit = NEWEST[family]?.[which];
    return limit !== undefined && isNewer(numbers.split(".").map(Number), limit);
  });
}

interface Missing {
  readonly path: string;
  readonly owner: string | null;
  readonly library: string;
  readonly help: string;
}

/** One sentence for each package and what helps there. */
function noticesOf({ fn }: PythonRun, missing: readonly Missing[]): string[] {
  const groups = new Map<string, Missing[]>();
  for (const each of missing) {
    const key = `${each.owner} ${each.help}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const of = first.owner === null ? "" : `, of ${first.owner},`;
    const others = new Set(group.filter(({ path }) => path !== first.path).map(({ path }) => path)).size;
    const what = others === 0 ? "needs" : `and ${others} more need`;
    const libraries = [...new Set(group.map(({ library }) => library))].join(", ");
    return `${fn.name}: ${first.path}${of} ${what} ${libraries}, which neither the package nor ${fn.runtime} has: importing it fails. ${first.help}`;
  });
}

/**
 * Looks at which libraries the machine code of a package counts on, beside those that the package and its layers bring.
 *
 * @param others - paths of files in layers
 * @returns sentences for people: libraries that no runtime has. It may be that nothing ever loads what needs them.
 * @throws `SLUICE_PYTHON_MACHINE_CODE` for a file that needs a newer libstdc++ than the runtime's
 */
export function checkLibraries(
  run: PythonRun,
  files: readonly CheckedFile[],
  others: Iterable<string>,
): readonly string[] {
  const provided = run.fn.provided.map((name) => posix.basename(name));
  const names = [...files.map(({ path }) => path), ...others].map((path) => posix.basename(path));
  const brought = new Set([...names, ...provided]);
  const bringsCxx = names.some((name) => name.startsWith("libstdc++"));
  const missing: Missing[] = [];
  for (const file of files) {
    const { path, bytes, owner } = file;
    const needs = dynamicNeeds(bytes);
    // One for another machine is never loaded.
    if (needs !== null && misfitOf(run, file) !== null) continue;
    const newer = needs === null || bringsCxx ? undefined : tooNew(needs.versions, run);
    if (newer !== undefined)
      throw buildErrors.machineMisfit(
        run,
        path,
        owner,
        `built for a newer libstdc++ (${newer}) than the Amazon Linux of ${run.fn.runtime} has`,
      );
    for (const library of needs?.libraries ?? []) {
      const help = brought.has(library) ? null : helpForMissingLibrary(library);
      if (help !== null) missing.push({ path, owner, library, help });
    }
  }
  return noticesOf(run, missing);
}
