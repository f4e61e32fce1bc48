import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Analysis, Part } from "@sluice/bundler";
import type { PageData, PageFunction, PagePart } from "./analysis-page/page-data.ts";
import { partName } from "./analysis-table.ts";

/** Built from `analysis-page/`, beside this module; a test that runs the source takes the built ones too. */
const BUILT = new URL(import.meta.url.endsWith(".ts") ? "../../dist/chunks/" : "./", import.meta.url);

/** Modules that a page can show and open without a pause, all functions together, and the most of one function. */
const MODULES = 60_000;
const MODULES_OF_ONE = 2000;

/** The size from which on a module of this function is shown by itself. */
function smallestShown(parts: readonly Part[], count: number): number {
  const sizes = parts.flatMap(({ modules }) => modules.map(({ bytes }) => bytes));
  return sizes.sort((one, other) => other - one)[count] ?? 0;
}

function partOf(part: Part, smallest: number, indexOf: (name: string) => number): PagePart {
  const shown = part.modules.filter(({ bytes }) => bytes > smallest || smallest === 0);
  return {
    kind: part.kind,
    label: partName(part),
    bytes: part.bytes,
    zip: part.zippedBytes,
    modules: shown.flatMap(({ path, bytes }) => [indexOf(path), bytes]),
    small: part.modules.length - shown.length,
  };
}

/** What the page shows. Where there are more modules than it can hold, small ones are added up for each part. */
export function pageData(analyses: readonly Analysis[]): PageData {
  const indexes = new Map<string, number>();
  const indexOf = (name: string): number => {
    const index = indexes.get(name) ?? indexes.size;
    indexes.set(name, index);
    return index;
  };
  const count = Math.min(MODULES_OF_ONE, Math.floor(MODULES / Math.max(1, analyses.length)));
  const functions = analyses.map((analysis): PageFunction => {
    const smallest = smallestShown(analysis.parts, count);
    return {
      name: analysis.function,
      zip: analysis.sizeBytes,
      budget: analysis.maxSizeBytes,
      parts: analysis.parts.map((part) => partOf(part, smallest, indexOf)),
    };
  });
  return { names: [...indexes.keys()], functions };
}

/** JSON that can stand in a `script` element: `<` begins whatever could end that (HTML, 4.12.1.3). */
function embedded(data: PageData): string {
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}

/** The page's policy: nothing is loaded, and no script runs but its own. */
function policy(script: string): string {
  const hash = createHash("sha256").update(script).digest("base64");
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

/**
 * The page for all analyses: one file that loads nothing, the same bytes for equal analyses.
 */
export async function formatPage(analyses: readonly Analysis[]): Promise<string> {
  const [script, style] = await Promise.all(
    ["analysis-page.js", "analysis-page-style.css"].map((name) => readFile(new URL(name, BUILT), "utf8")),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script ?? "")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What is in the functions</title>
<style>${style ?? ""}</style>
</head>
<body>
<header>
<h1>What is in the functions</h1>
<label>Function <select id="function"></select></label>
<label>Search <input id="search" type="search" placeholder="package or path" title="/"></label>
<label><input id="maps" type="checkbox"> source maps</label>
<label><input id="table" type="checkbox"> as a table</label>
</header>
<nav aria-label="Where you are"><ol id="crumbs"></ol></nav>
<p id="status" role="status"></p>
<main id="view"></main>
<noscript>This page draws with a script of its own; it loads nothing.</noscript>
<script id="data" type="application/json">${embedded(pageData(analyses))}</script>
<script>${script ?? ""}</script>
</body>
</html>
`;
}
