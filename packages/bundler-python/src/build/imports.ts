import { joinErrors } from "@sluice/core";
import type { PythonRun } from "../run.ts";
import type { OwnSources } from "../source/list-sources.ts";
import { unresolvedImports } from "../source/unresolved-imports.ts";

/** `numpy/__init__.py` → `numpy`, `_cffi_backend.cpython-313-aarch64-linux-gnu.so` → `_cffi_backend`. */
function moduleAt(path: string): string {
  const [first = path] = path.split("/");
  return path.includes("/") ? first : (first.split(".")[0] ?? first);
}

/**
 * Judges the imports that no own module answers by what the packages have at their top.
 *
 * @param paths - of the files of packages, and of layers from where imports find them
 * @returns sentences for people
 * @throws `SLUICE_PYTHON_IMPORT_UNRESOLVED`, unless the function's import check is switched off
 */
export function reviewImports(
  run: PythonRun,
  own: OwnSources,
  paths: { readonly packages: Iterable<string>; readonly layers: Iterable<string> },
  requirements: string | null,
): readonly string[] {
  const packed = new Set([...paths.packages].map(moduleAt));
  const inLayers = new Set([...paths.layers].map(moduleAt));
  // The function's own go before those of layers: that is told elsewhere.
  const topLevel = own.topLevel.filter((name) => packed.has(name) || !inLayers.has(name));
  const names = new Set([...packed, ...inLayers]);
  const { errors, notices } = unresolvedImports(run, { ...own, topLevel }, { names, requirements });
  const joined = joinErrors(errors);
  if (joined === undefined) return notices;
  if (run.fn.importCheck.enabled) throw joined;
  return [...notices, ...joined.problems.map(({ message }) => message)];
}
