import type { ImportStep, Reason } from "@sluice/bundler";
import type { Colors } from "../terminal/colors.ts";
import { formatSize } from "./human.ts";

/** How many reasons of one function are shown: an `index.js` may be meant in each of a hundred packages. */
const REASONS = 5;

/** esbuild's kinds of imports, as verbs. */
const VERBS: Readonly<Record<string, string>> = {
  "import-statement": "imports",
  "dynamic-import": "imports dynamically",
  "require-call": "requires",
  "require-resolve": "resolves",
  "import-rule": "imports",
  "url-token": "names",
  dependency: "depends on",
};

const HOW: Readonly<Record<Reason["how"], string>> = {
  own: "own code",
  bundled: "bundled",
  copied: "copied into node_modules",
  wheel: "packed from its wheel",
  layer: "held by a layer",
  provided: "left to the runtime",
  unused: "read, and nothing of it is left in the bundle",
  file: "a file beside the code, by `assets` or by what the entry is",
};

/** A file of a package without the folders that it is installed in; all of it stands in the JSON. */
function shortPath(file: string): string {
  return file.replace(/^.*node_modules\//, "");
}

function chainLines(chain: readonly ImportStep[], colors: Colors): string[] {
  return chain.map(({ file }, index) => {
    const before = chain[index - 1];
    if (before === undefined) return `    ${shortPath(file)}`;
    const verb = VERBS[before.kind ?? ""] ?? before.kind ?? "imports";
    return `    ${colors.dim(`└ ${verb}`)} ${shortPath(file)}`;
  });
}

function reasonLines(reason: Reason, colors: Colors): string[] {
  const size = reason.bytes === 0 ? "" : `, ${formatSize(reason.bytes)}`;
  const alone = reason.how === "wheel" && reason.chain.length === 0;
  return [
    `  ${reason.name}  ${colors.dim(`${HOW[reason.how]}${size}`)}`,
    ...(alone ? ["    named by the requirements alone: no import or package is known to need it"] : []),
    ...chainLines(reason.chain, colors),
  ];
}

/** Why something is in one function: each copy with the chain of imports that brings it. */
export function formatReasons(name: string, reasons: readonly Reason[], colors: Colors): string {
  if (reasons.length === 0) return `${colors.bold(name)}  ${colors.dim("not in it")}`;
  const shown = reasons.slice(0, REASONS);
  const more = reasons.length - shown.length;
  return [
    colors.bold(name),
    ...shown.flatMap((reason) => reasonLines(reason, colors)),
    ...(more > 0 ? [colors.dim(`  and ${more} more of that name`)] : []),
  ].join("\n");
}
