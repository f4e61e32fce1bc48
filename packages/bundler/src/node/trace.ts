import { posix, relative } from "node:path";
import type { Plugin } from "esbuild";
import { buildOnce, failureMessages } from "./builder.ts";
import { ENTRY_NAMESPACE, type NodeEntry } from "./entry.ts";
import type { NodeGroup } from "./options.ts";
import { isOwnQuestion } from "./question.ts";

/** A file's path as esbuild writes it into messages. */
function fromRoot(root: string, path: string): string {
  return relative(root, path).replaceAll("\\", "/");
}

/** Notes who imports whom: file → the first file that imported it. */
function tracingPlugin(root: string, importers: Map<string, string>): Plugin {
  const seen = Symbol("seen");
  return {
    name: "sluice-trace",
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (isOwnQuestion(args.pluginData) || args.kind === "entry-point") return null;
        if (args.namespace === ENTRY_NAMESPACE) return null;
        const { path, importer, namespace, resolveDir, kind } = args;
        const result = await build.resolve(path, { importer, namespace, resolveDir, kind, pluginData: seen });
        const file = fromRoot(root, result.path);
        if (result.errors.length === 0 && !importers.has(file)) importers.set(file, fromRoot(root, importer));
        return null;
      });
    },
  };
}

/**
 * Finds by which imports an entry reaches files that a failed build complained of. Runs the build once more, which is
 * why it is for failures alone.
 *
 * @returns for a file, as messages spell it, the files from the entry to it
 */
export async function importChains(
  root: string,
  group: NodeGroup,
  entry: NodeEntry,
): Promise<(file: string) => string[]> {
  const importers = new Map<string, string>();
  await buildOnce(root, group, entry, [tracingPlugin(root, importers)]).catch(failureMessages);
  const start = posix.normalize(entry.source);
  return (file) => {
    const chain = [file];
    for (let at = importers.get(file); at !== undefined && !chain.includes(at); at = importers.get(at))
      chain.unshift(at);
    return chain[0] === start ? chain : [file];
  };
}
