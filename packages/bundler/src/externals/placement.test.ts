import { describe, expect, it } from "vitest";
import type { PackageNode } from "./package-node.ts";
import { placePackages } from "./placement.ts";

function node(id: string): PackageNode {
  const [name = "", version = ""] = id.split("@");
  const rest = { manifest: null, folder: id, files: id, fetched: null, isOwn: false };
  return { name, version, ...rest, edges: new Map() };
}

/** `a@1 → b@2` for each line; the names that the bundle imports first. */
function place(roots: readonly string[], ...edges: readonly string[]): string[] {
  const nodes = new Map<string, PackageNode>();
  const of = (id: string): PackageNode => {
    const known = nodes.get(id) ?? node(id.replace(/#.*/, ""));
    nodes.set(id, known);
    return known;
  };
  for (const edge of edges) {
    const [from = "", to = ""] = edge.split(" → ");
    of(from).edges.set(of(to).name, of(to));
  }
  const graph = { roots: new Map(roots.map((id) => [of(id).name, of(id)])), nodes: [...nodes.values()] };
  const placed = placePackages(
    graph,
    ({ name, version }) => `${name}@${version}`,
    (path) => new Error(path) as never,
  );
  return placed.map(({ path, node: { version } }) => `${path}@${version}`.replaceAll("node_modules/", ""));
}

describe("placePackages", () => {
  it("makes one flat folder where versions agree", () => {
    expect(place(["a@1"], "a@1 → b@1", "b@1 → c@1", "a@1 → c@1")).toEqual(["a@1", "b@1", "c@1"]);
  });

  it("puts the version that most want at the top, others below who wants them", () => {
    const placed = place(["a@1"], "a@1 → x@1", "a@1 → b@1", "b@1 → x@2", "a@1 → c@1", "c@1 → x@2");
    expect(placed).toEqual(["a@1", "a/x@1", "b@1", "c@1", "x@2"]);
  });

  it("keeps what the bundle imports at the top", () => {
    expect(place(["a@1", "x@1"], "a@1 → x@2", "a@1 → b@1", "b@1 → x@2")).toEqual([
      "a@1",
      "a/x@2",
      "b@1",
      "b/x@2",
      "x@1",
    ]);
  });

  it("ends for packages that depend on each other, across versions too", () => {
    expect(place(["a@1"], "a@1 → b@1", "b@1 → a@1")).toEqual(["a@1", "b@1"]);
    const placed = place(["a@1"], "a@1 → b@1", "b@1 → a@2", "a@2 → b@1");
    expect(placed).toEqual(["a@1", "b@1", "b/a@2"]);
  });

  it("does not depend on how often a package is installed, nor in which order it is found", () => {
    const once = place(["a@1", "b@1"], "a@1 → x@2", "b@1 → x@2", "x@2 → y@1", "a@1 → y@2");
    const twice = place(
      ["b@1", "a@1"],
      "b@1 → x@2",
      "a@1 → y@2",
      "a@1 → x@2#again",
      "x@2 → y@1",
      "x@2#again → y@1#again",
    );
    expect(twice).toEqual(once);
  });

  it("tells apart packages of one version that lead to different ones", () => {
    const placed = place(["a@1", "b@1"], "a@1 → x@1", "x@1 → y@1", "b@1 → x@1#other", "x@1#other → y@2");
    expect(placed).toEqual(["a@1", "b@1", "b/x@1", "b/x/y@2", "x@1", "y@1"]);
  });
});
