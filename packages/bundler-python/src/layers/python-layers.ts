import type { LayerKind } from "@sluice/artifact";
import { pythonTools } from "../cache-key.ts";
import { pythonSession } from "../session.ts";
import { PYTHON } from "./layer-paths.ts";

/**
 * Layers with the wheels of a requirements file or lock, in `python/`: for `bundler({ layers: [pythonLayers()] })`, so that ready packages
 * have them, too. `bundlerPython()` makes them by itself.
 */
export function pythonLayers(): LayerKind {
  return {
    name: PYTHON,
    holds: ({ python }) => python.requirements !== null && python.requirements.length > 0,
    runtimes: ({ runtime }) => [runtime],
    tools: pythonTools,
    collect: async (work, layer, folders) => {
      // Loaded late, with all that only a build needs.
      const { collectLayer } = await import("./collect-layer.ts");
      return collectLayer({ ...work, session: pythonSession(work.session) }, layer, folders);
    },
  };
}
