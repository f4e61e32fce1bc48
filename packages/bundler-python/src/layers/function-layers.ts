import { type BuiltLayer, builtLayers, perSession, unpackedLayer } from "@sluice/artifact";
import type { ResolvedFunction } from "@sluice/core";
import type { FileSet } from "../check/check-options.ts";
import type { PythonSession } from "../session.ts";
import { pythonLayers } from "./python-layers.ts";

/** What layers a Python function can have: of Python packages, or of folders alone. */
export const PYTHON_LAYERS: readonly [ReturnType<typeof pythonLayers>] = [pythonLayers()];

/** The layers of a function, in the order of its configuration, each built once in a run. */
export function layersOf(session: PythonSession, fn: ResolvedFunction): Promise<BuiltLayer[]> {
  return builtLayers(session, fn, PYTHON_LAYERS);
}

const unpackedIn = perSession((_: PythonSession) => new Map<string, FileSet>());

/** The files of layers for checks of the functions that have them; read once in a run. */
export function layerFiles(session: PythonSession, layers: readonly BuiltLayer[]): FileSet[] {
  const known = unpackedIn(session);
  return layers.map((built) => {
    const { digest } = built.artifact.manifest;
    const found = known.get(digest) ?? { id: digest, files: filesOf(built) };
    known.set(digest, found);
    return found;
  });
}

function filesOf(built: BuiltLayer): FileSet["files"] {
  return unpackedLayer(built).map(({ path, bytes, mode }) => ({
    path,
    bytes,
    executable: (mode & 0o111) !== 0,
  }));
}
