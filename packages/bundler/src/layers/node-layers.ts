import type { LayerKind } from "@sluice/artifact";
import { bundleRuntimes } from "../node/runtimes.ts";
import type { Session } from "../session.ts";
import { readyTools } from "../tools.ts";
import { PACKAGES_FOLDER } from "./contents.ts";

/** Layers with packages for Node.js, in `nodejs/node_modules`. */
export const NODE_LAYERS: LayerKind<Session> = {
  name: "nodejs",
  holds: ({ packages }) => packages.length > 0,
  runtimes: bundleRuntimes,
  tools: readyTools,
  collect: async ({ session }, layer, folders) => {
    // Loaded late, with all that only a build needs.
    const { collectLayerPackages } = await import("./layer-packages.ts");
    const { files, packages, inventory, read } = await collectLayerPackages(session, layer);
    const packed = files.map((file) => ({ ...file, path: `${PACKAGES_FOLDER}/${file.path}` }));
    return { files: [...packed, ...folders], held: packages, inventory, read, tools: {} };
  },
};
