import { readFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import type { Loader } from "esbuild";
import type { NodeEntry } from "./entry.ts";
import type { NodeGroup } from "./options.ts";
import type { BuiltEntry } from "./output.ts";

/** Why a handler cannot be called, though esbuild has built it: it is not there, or a value that is no function. */
type HandlerFlaw = "absent" | "value";

const LOADERS: Readonly<Record<string, Loader>> = {
  ...{ ".js": "js", ".mjs": "js", ".cjs": "js", ".jsx": "jsx" },
  ...{ ".ts": "ts", ".mts": "ts", ".cts": "ts", ".tsx": "tsx" },
};

/** A literal, and an object with nothing after it that could take a function out of it, as esbuild prints them. */
const VALUE = String.raw`(?:-?\d[\w.]*|"(?:[^"\\\n]|\\.)*"|true|false|null|void 0|\{[^{}]*\}|\{\n(?: .*\n)*\});$`;

/** Whether the bundle exports nothing: what TypeScript re-exports may be a type, so esbuild lets it pass without a word. */
function exportsNothing({ code }: BuiltEntry, format: "esm" | "cjs", entry: NodeEntry): boolean {
  const source = Buffer.from(code.buffer, code.byteOffset, code.byteLength);
  if (format === "esm") return !source.includes("export {") && !source.includes("export{");
  // The names that Node.js's reader of CommonJS sees (esbuild's "Annotate the CommonJS export names").
  const annotated = source.includes("0 && (module.exports") || source.includes("0&&(module.exports");
  return entry.path[0] !== "default" && !annotated;
}

/** Whether an ES module's export is a value for certain; text in a template could look like an export. */
function exportsValue(text: string, name: string): boolean {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return false;
  const start = name === "default" ? "export default " : `export const ${name.replaceAll("$", "\\$")} = `;
  const found = new RegExp(`^${start}${VALUE}`, "m").exec(text);
  return found !== null && !text.slice(0, found.index + found[0].length).includes("`");
}

/**
 * Whether CommonJS code has no such export for certain: one assignment of a plain object or a function to `module.exports`, and
 * the name nowhere in the file. Every other way to export is more than text can tell.
 */
function assignsOther(text: string, name: string): boolean {
  if (name === "default" || text.includes("`") || text.includes("...") || /[{,]\s*\[/.test(text))
    return false;
  if (text.includes(name) || text.match(/\bexports\b/g)?.length !== 1) return false;
  return /^module\.exports = (?:\{|(?:async )?(?:function\b|\([^()]*\) =>|[\w$]+ =>))/m.test(text);
}

/** The source as esbuild prints it: without comments and types, and in one spelling. */
async function printed(root: string, group: NodeGroup, source: string): Promise<string | null> {
  const extension = extname(source);
  const loader = LOADERS[extension];
  // What plugins and other loaders make of a source is known to nobody here.
  if (loader === undefined || group.esbuild.plugins?.length || group.esbuild.loader?.[extension]) return null;
  try {
    const { transform } = await import("esbuild");
    const text = readFileSync(resolve(root, source), "utf8");
    const options = { loader, legalComments: "none", charset: "utf8", logLevel: "silent" } as const;
    return (await transform(text, options)).code;
  } catch {
    return null;
  }
}

/** Finds what makes the runtime refuse a handler that was built, as far as it can be told without running any code. */
export async function handlerFlaw(
  root: string,
  group: NodeGroup,
  entry: NodeEntry,
  built: BuiltEntry,
): Promise<HandlerFlaw | null> {
  if (exportsNothing(built, group.format, entry)) return "absent";
  const text = await printed(root, group, entry.source);
  if (text === null) return null;
  if (built.metafile.inputs[entry.source]?.format === "cjs")
    return assignsOther(text, entry.exportName) ? "absent" : null;
  return exportsValue(text, entry.exportName) ? "value" : null;
}
