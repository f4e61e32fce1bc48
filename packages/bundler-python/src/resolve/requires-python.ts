import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parse } from "smol-toml";
import { fitsPython } from "../pylock/package.ts";
import type { PythonRun } from "../run.ts";
import { resolveErrors } from "./errors.ts";

async function requiresPython(file: string): Promise<string | null> {
  const text = await readFile(file, "utf8").catch(() => "");
  // Whoever reads what the file says of dependencies tells that it is broken.
  if (!text.includes("requires-python")) return null;
  try {
    const { project } = parse(text);
    const value = (project as Record<string, unknown> | undefined)?.["requires-python"];
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}

/**
 * Neither uv nor pip holds a project against `requires-python` when they resolve what it needs.
 *
 * @param folder - absolute path of a folder with a pyproject.toml, or without one
 * @throws SLUICE_PYTHON_RUNTIME_EXCLUDED
 */
export async function checkRequiresPython(run: PythonRun, folder: string, where: string): Promise<void> {
  const requires = await requiresPython(join(folder, "pyproject.toml"));
  if (requires === null || fitsPython(requires, run.target)) return;
  const shown = relative(run.root, folder).replaceAll("\\", "/") || "The project";
  throw resolveErrors.pythonExcluded(where, shown, requires, run.target.runtime);
}
