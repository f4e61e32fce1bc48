import type { LayerContents, ZipEntry } from "@sluice/artifact";
import type { ResolvedLayer } from "@sluice/core";
import { compiled } from "../build/compiled.ts";
import { buildErrors } from "../build/errors.ts";
import { createPythonInventory } from "../build/inventory.ts";
import { checkMachineCode } from "../build/machine-check.ts";
import { tellDependencies } from "../build/notices.ts";
import { openDependencies } from "../build/opened.ts";
import { packDependencies } from "../build/packed.ts";
import { readFilesOf } from "../build/read-files.ts";
import { type PythonWork, runOf, tellOnce } from "../session.ts";
import { heldPackage } from "./held.ts";
import { PACKAGES_FOLDER } from "./layer-paths.ts";
import { extendingIn } from "./leave-to-layers.ts";

const INSIDE = `${PACKAGES_FOLDER}/`;

/** Modules of the layer's folders, by what imports call them. */
function modulesIn(folders: readonly ZipEntry[]): ZipEntry[] {
  return folders.flatMap((file) =>
    file.path.startsWith(INSIDE) ? [{ ...file, path: file.path.slice(INSIDE.length) }] : [],
  );
}

function inLayer<F extends { readonly path: string }>(file: F): F {
  return { ...file, path: INSIDE + file.path };
}

/**
 * Collects what a layer's requirements come to: wheels for its runtime and architecture, slimmed and looked into as those of functions.
 *
 * @throws `SLUICE_PYTHON_FILE_CLASH`, and the codes of requirements, resolvers, indexes, wheels and machine code
 */
export async function collectLayer(
  work: PythonWork,
  layer: ResolvedLayer,
  folders: readonly ZipEntry[],
): Promise<LayerContents> {
  const { session } = work;
  const run = runOf(work, `layers.${layer.name}`);
  const opened = await openDependencies(session, run, session.root);
  const modules = modulesIn(folders);
  const packed = packDependencies(run, opened.wheels, modules);
  const mine = new Set(modules.map(({ path }) => path));
  const clash = packed.files.find(({ path }) => mine.has(path));
  if (clash !== undefined) throw buildErrors.fileClash(run, clash.path, clash.package);
  checkMachineCode(
    run,
    folders.map(({ path, bytes }) => ({ path, bytes, owner: null, isForAny: false })),
  );
  for (const message of packed.notices) tellOnce(session, message);
  tellDependencies(session, opened);
  const made = await compiled(run, modules, packed, `/opt/${PACKAGES_FOLDER}`);
  const others = folders.filter(({ path }) => !path.startsWith(INSIDE));
  const files = made.packed.files.map(inLayer);
  const own = [...made.entries.map(inLayer), ...others];
  const owners = new Map(files.map((file) => [file.path, file.package]));
  const { dependencies, local, lookedFor, variables } = opened;
  return {
    files: [...files, ...own],
    held: {
      packages: opened.wheels.map(heldPackage),
      extending: extendingIn([...packed.files, ...modules]).map((name) => INSIDE + name),
    },
    inventory: createPythonInventory(
      opened.wheels,
      files,
      own.map(({ path }) => path),
      run.fn.provided,
    ),
    read: readFilesOf(session, {
      files: [...(dependencies?.files ?? []), ...local.files, ...made.packed.programs],
      missing: lookedFor,
      folders: local.folders,
      variables,
    }),
    tools: { ...opened.tools, ...made.packed.tools },
    partOf: (path) => owners.get(path) ?? null,
  };
}
