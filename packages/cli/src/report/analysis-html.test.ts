import { createHash } from "node:crypto";
import type { Analysis, Part } from "@sluice/bundler";
import { describe, expect, it } from "vitest";
import { formatPage, pageData } from "./analysis-html.ts";
import { buildTree, type TreeNode } from "./analysis-page/tree.ts";

const NASTY = `</script><script>alert("&amp;")</script><!--.ts`;

function analysisOf(name: string, packages: number, modules: number): Analysis {
  const parts = Array.from({ length: packages }, (_, index): Part => {
    const own = Array.from({ length: modules }, (_, at) => ({
      path: `lib/some/folder/of-the-package/module-${index}-${at}.js`,
      bytes: 5000 - at,
    }));
    const bytes = own.reduce((sum, module) => sum + module.bytes, 0);
    return {
      kind: "bundled",
      name: `package-${index}`,
      version: "1.0.0",
      folder: `node_modules/package-${index}`,
      bytes,
      zippedBytes: Math.round(bytes / 4),
      modules: own,
    };
  });
  const unzippedBytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const none = { maxSizeBytes: null, duplicates: [], layers: [], provided: [] };
  return { function: name, sizeBytes: unzippedBytes / 4, unzippedBytes, parts, ...none };
}

/** The data of a page, as a browser finds it. */
function dataIn(page: string): unknown {
  const [, text = ""] = /<script id="data" type="application\/json">(.*?)<\/script>/s.exec(page) ?? [];
  return JSON.parse(text);
}

function leaves(node: TreeNode): number {
  if (node.children.length === 0) return node.bytes;
  return node.children.reduce((sum, child) => sum + leaves(child), 0);
}

describe("formatPage", () => {
  it("holds names that would end a script as data alone", async () => {
    const analysis = analysisOf("orders", 1, 1);
    const [part] = analysis.parts;
    if (part === undefined) throw new Error("There is no part.");
    const modules = [{ path: NASTY, bytes: part.bytes }];
    const page = await formatPage([{ ...analysis, parts: [{ ...part, name: NASTY, modules }] }]);
    expect(page).not.toContain('alert("&amp;")</script>');
    expect(page.match(/<\/script/g)).toHaveLength(2);
    expect(dataIn(page)).toEqual(pageData([{ ...analysis, parts: [{ ...part, name: NASTY, modules }] }]));
    expect(JSON.stringify(dataIn(page))).toContain("</script><script>alert");
  });

  it("loads nothing, and lets no script run but its own", async () => {
    const page = await formatPage([analysisOf("orders", 2, 2)]);
    expect(page).not.toMatch(/\b(?:src|href)=|@import|url\(/);
    const script = /<script>(.*)<\/script>\n<\/body>/s.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(script).digest("base64");
    expect(page).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`);
  });

  it("is the same for the same analyses", async () => {
    const analyses = [analysisOf("orders", 3, 30), analysisOf("stock", 3, 30)];
    expect(await formatPage(analyses)).toBe(await formatPage(structuredClone(analyses)));
  });

  it("stays below 10 MB for 200 functions of 1,500 modules, and loses no byte", async () => {
    const analyses = Array.from({ length: 200 }, (_, index) => analysisOf(`function-${index}`, 30, 50));
    const page = await formatPage(analyses);
    expect(page.length).toBeLessThan(10_000_000);
    const tree = buildTree(pageData(analyses), false);
    const total = analyses.reduce((sum, { unzippedBytes }) => sum + unzippedBytes, 0);
    expect(tree.bytes).toBe(total);
    expect(leaves(tree)).toBe(total);
  });
});
