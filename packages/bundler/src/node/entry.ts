import type { Plugin } from "esbuild";
import type { HandlerPlace } from "./handler.ts";

/** One module to build. Functions with the same one share its output. */
export interface NodeEntry {
  /** Source, relative to the root, with forward slashes. */
  readonly source: string;
  readonly exportName: string;
  /** Names under which the handler is exported from the bundle, outermost first. */
  readonly path: HandlerPlace["path"];
}

export const ENTRY_NAMESPACE = "sluice-entry";

/** Identifies an entry inside one build. Not a function's name: the same code has to give the same bytes. */
export function entryKey(entry: NodeEntry): string {
  return `${entry.source}#${entry.exportName}=${entry.path.join(".")}`;
}

function exported(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/**
 * The module that is really built: it exports the handler alone, under the name that AWS calls. So a renamed export
 * works, what only other exports of the source need is left out, and CommonJS sources get a named export in ESM.
 */
function entryModule(entry: NodeEntry): string {
  const [first, ...rest] = entry.path;
  const from = JSON.stringify(entry.source.startsWith("../") ? entry.source : `./${entry.source}`);
  if (rest.length === 0)
    return `export { ${exported(entry.exportName)} as ${exported(first)} } from ${from};\n`;
  const value = rest.reduceRight((inner, name) => `{ ${JSON.stringify(name)}: ${inner} }`, "handler");
  return [
    `import { ${exported(entry.exportName)} as handler } from ${from};`,
    `const outer = ${value};`,
    `export { outer as ${exported(first)} };\n`,
  ].join("\n");
}

/** Gives esbuild the entry modules, which stand in no file. */
export function entryPlugin(root: string, entries: readonly NodeEntry[]): Plugin {
  const modules = new Map(entries.map((entry) => [entryKey(entry), entryModule(entry)]));
  return {
    name: ENTRY_NAMESPACE,
    setup(build) {
      build.onResolve({ filter: /^sluice-entry:/ }, ({ path }) => ({
        path: path.slice(ENTRY_NAMESPACE.length + 1),
        namespace: ENTRY_NAMESPACE,
      }));
      build.onLoad({ filter: /.*/, namespace: ENTRY_NAMESPACE }, ({ path }) => {
        const contents = modules.get(path);
        return contents === undefined ? null : { contents, resolveDir: root, loader: "js" };
      });
    },
  };
}
