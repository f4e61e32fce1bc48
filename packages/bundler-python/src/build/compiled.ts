import type { ZipEntry } from "@sluice/artifact";
import type { PythonRun } from "../run.ts";
import type { PackedDependencies } from "./packed.ts";

/**
 * Compiled modules in place of sources, own ones and those of packages, where the function or layer asks for it.
 *
 * @param folder - where the files are at run time
 */
export async function compiled(
  run: PythonRun,
  entries: readonly ZipEntry[],
  packed: PackedDependencies,
  folder?: string,
): Promise<{ entries: readonly ZipEntry[]; packed: PackedDependencies }> {
  if (!run.fn.python.compiled) return { entries, packed };
  const { compileModules } = await import("../compiled/compile-modules.ts");
  const mine = entries.map((entry) => ({
    ...entry,
    deflated: null,
    executable: entry.executable ?? false,
    package: null,
  }));
  const { files, tools, interpreter } = await compileModules(run, [...mine, ...packed.files], folder);
  const dependencies = files.flatMap((file) =>
    file.package === null ? [] : { ...file, package: file.package },
  );
  return {
    entries: files.filter((file) => file.package === null),
    packed: {
      ...packed,
      // Another micro version of Python may give other bytes.
      id: `${packed.id}-${tools.python}`,
      files: dependencies,
      tools: { ...packed.tools, ...tools },
      programs: [...packed.programs, interpreter],
    },
  };
}
