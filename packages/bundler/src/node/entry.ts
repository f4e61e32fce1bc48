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

/** The entry point of a place in a batch: which entry stands there differs from batch to batch. */
export function slotOf(index: number): { in: string; out: string } {
  return { in: `${ENTRY_NAMESPACE}:${index}`, out: `entry-${index}` };
}

/** What stands in a place that a smaller batch leaves free. */
const FREE = "nothing";

/** Gives esbuild the entry modules of a batch, which stand in no file. */
export function entryPlugin(root: string, batch: () => readonly NodeEntry[]): Plugin {
  return {
    name: ENTRY_NAMESPACE,
    setup(build) {
      build.onResolve({ filter: /^sluice-entry:/ }, ({ path }) => {
        const index = path.slice(ENTRY_NAMESPACE.length + 1);
        const entry = batch()[Number(index)];
        return {
          path: entry === undefined ? `${FREE}-${index}` : entryKey(entry),
          namespace: ENTRY_NAMESPACE,
        };
      });
      build.onLoad({ filter: /.*/, namespace: ENTRY_NAMESPACE }, ({ path }) => {
        const entry = batch().find((each) => entryKey(each) === path);
        return { contents: entry === undefined ? "" : entryModule(entry), resolveDir: root, loader: "js" };
      });
    },
  };
}
