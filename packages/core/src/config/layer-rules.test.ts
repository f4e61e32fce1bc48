import { describe, expect, it } from "vitest";
import { resolveConfig } from "./resolve.ts";
import type { Config } from "./types.ts";

const fn = { entry: "src/a.ts", layers: ["shared"] };
const shared = { packages: ["zod"] };
const python = { python: { requirements: "layers/requirements.txt" } };
const handler = { entry: "src/a.py", layers: ["shared"] };
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `layer${index}`);
const layersOf = (list: readonly string[]) => Object.fromEntries(list.map((name) => [name, shared]));

function problemsOf(config: Config) {
  return resolveConfig(config, { file: null, root: "/" }).problems;
}

describe("layers in a configuration", () => {
  it("are taken when they are right, with what their functions have", () => {
    const config: Config = {
      bundle: { architecture: "arm64", runtime: "nodejs24.x" },
      functions: { a: fn, b: { entry: "b.ts" } },
      layers: { shared: { ...shared, name: "{layer}-{environment}-{branch}" } },
    };
    const resolved = resolveConfig(config, { file: null, root: "/" });
    expect(resolved.problems).toEqual([]);
    expect(resolved.config.layers).toMatchObject([{ architecture: "arm64", runtime: "nodejs24.x" }]);
  });

  it("have Python requirements for the runtime of their functions", () => {
    const given = {
      functions: { a: { ...handler, runtime: "python3.12", architecture: "arm64" as const } },
      layers: { shared: python, unused: python },
    };
    const { config, problems } = resolveConfig(given, { file: null, root: "/" });
    expect(problems).toEqual([]);
    expect(config.layers).toMatchObject([
      { architecture: "arm64", runtime: "python3.12", python: { requirements: ["layers/requirements.txt"] } },
      { architecture: "x86_64", runtime: "python3.13" },
    ]);
  });

  it("may be five for one function", () => {
    const list = names(5);
    expect(problemsOf({ functions: { a: { ...fn, layers: list } }, layers: layersOf(list) })).toEqual([]);
  });

  it.each<[string, Config, string, RegExp]>([
    [
      "one that does not exist",
      { functions: { a: { ...fn, layers: ["sharde"] } }, layers: { shared } },
      "functions.a.layers",
      /no layer `sharde`/,
    ],
    [
      "one that `bundle` names, once for all functions",
      { bundle: { layers: ["sharde"] }, functions: { a: fn, b: fn }, layers: { shared } },
      "bundle.layers",
      /^There is no layer `sharde`\.$/,
    ],
    [
      "one that is named twice",
      { functions: { a: { ...fn, layers: ["shared", "shared"] } }, layers: { shared } },
      "functions.a.layers",
      /more than once/,
    ],
    [
      "more than AWS takes",
      { functions: { a: { ...fn, layers: names(6) } }, layers: layersOf(names(6)) },
      "functions.a.layers",
      /6 layers; AWS Lambda takes 5/,
    ],
    ["an empty one", { functions: { a: fn }, layers: { shared: {} } }, "layers.shared", /holds nothing/],
    [
      "a function with the name of a layer's artifact",
      { functions: { a: fn, "layer-shared": "b.ts" }, layers: { shared } },
      "layers.shared",
      /layer-shared\.zip/,
    ],
    [
      "layers that differ by case",
      { functions: { a: fn }, layers: { shared, Shared: shared } },
      "layers.Shared",
      /differ only by case/,
    ],
    [
      "an unknown placeholder",
      { functions: { a: fn }, layers: { shared: { ...shared, name: "{function}" } } },
      "layers.shared.name",
      /\{function\} stands for nothing/,
    ],
    [
      "one name in AWS for two",
      { functions: { a: fn }, layers: { shared: { ...shared, name: "x" }, other: { ...shared, name: "x" } } },
      "layers.other.name",
      /both come to `x`/,
    ],
    [
      "one for two architectures",
      { functions: { a: fn, b: { ...fn, architecture: "arm64" } }, layers: { shared } },
      "layers.shared",
      /function b is for arm64/,
    ],
    [
      "packages for another language",
      { functions: { a: { ...fn, entry: "dist", runtime: "python3.13" } }, layers: { shared } },
      "layers.shared.packages",
      /python3\.13/,
    ],
    [
      "Python requirements for Node.js functions",
      { functions: { a: fn }, layers: { shared: python } },
      "layers.shared.python",
      /is for nodejs22\.x; requirements/,
    ],
    [
      "Python requirements for two versions of Python",
      {
        functions: { a: handler, b: { ...handler, runtime: "python3.12" } },
        layers: { shared: python },
      },
      "layers.shared",
      /is for python3\.13, and the function b is for python3\.12/,
    ],
    [
      "Python requirements for functions of both languages",
      { functions: { b: fn, a: handler }, layers: { shared: python } },
      "layers.shared",
      /is for python3\.13, and the function b is for nodejs22\.x/,
    ],
    [
      "Python options that name no requirements",
      { functions: { a: handler }, layers: { shared: { folders: ["x"], python: { slim: false } } } },
      "layers.shared.python",
      /without `requirements`/,
    ],
  ])("are refused: %s", (_what, config, where, message) => {
    expect(problemsOf(config)).toEqual([
      expect.objectContaining({
        where: `configuration: ${where}`,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(/.{8}/),
      }),
    ]);
  });
});
