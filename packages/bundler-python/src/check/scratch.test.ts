import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { packageFiles } from "../testing/check.ts";
import type { Stage } from "./lambda-environment.ts";
import { withStage } from "./scratch.ts";

const text = (folder: string | null, path: string): string => readFileSync(join(folder ?? "", path), "utf8");

function held(): { readonly until: Promise<void>; release(): void } {
  let release = (): void => undefined;
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { until, release: () => release() };
}

it("unpacks what several have once, and removes it with the last of them", async () => {
  const shelves = new Map();
  const dependencies = { id: "one", files: packageFiles({ "pandas/__init__.py": "p", "six.py": "s" }) };
  const { until, release } = held();
  const stages: Stage[] = [];
  const both = ["a", "b"].map((name) =>
    withStage(shelves, packageFiles({ "app.py": name }), { dependencies }, (withUnpacked) =>
      withUnpacked(async (stage, isShared) => {
        stages.push(stage);
        if (stages.length === 2) release();
        await until;
        expect([isShared, text(stage.root, "app.py"), text(stage.root, "six.py")]).toEqual([true, name, "s"]);
        return statSync(join(stage.root, "pandas/__init__.py")).ino;
      }),
    ),
  );
  const [one, other] = await Promise.all(both);
  expect(one).toBe(other);
  expect(stages.map(({ root }) => existsSync(root))).toEqual([false, false]);
  expect(shelves.size).toBe(0);
});

it("keeps what was compiled of shared files for others, and nothing of own ones", async () => {
  const shelves = new Map();
  const dependencies = { id: "one", files: packageFiles({ "space/shared.py": "", "six.py": "" }) };
  const compiled = [
    "__pycache__/six.x.pyc",
    "__pycache__/app.x.pyc",
    "space/__pycache__/shared.x.pyc",
    "space/__pycache__/own.x.pyc",
  ];
  const own = packageFiles({ "app.py": "", "space/own.py": "" });
  const { until, release } = held();
  const first = withStage(shelves, own, { dependencies }, async (withUnpacked) => {
    await withUnpacked(async ({ root }) => {
      for (const path of compiled) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), "");
      }
    });
    release();
  });
  const second = withStage(shelves, own, { dependencies }, async (withUnpacked) => {
    await until;
    return withUnpacked(async ({ root }) => compiled.filter((path) => existsSync(join(root, path))));
  });
  await first;
  expect(await second).toEqual([compiled[0], compiled[2]]);
});

it("merges folders: own files stay, the last layer wins", async () => {
  const layer = (id: string, files: Record<string, string>) => ({ id, files: packageFiles(files) });
  const options = {
    dependencies: layer("d", { "google/auth/x.py": "auth", "google/own/y.py": "theirs", "app.py": "theirs" }),
    layers: [
      layer("1", { "python/a/x.py": "1", "python/a/only1.py": "1", "bin/tool": "1" }),
      layer("2", { "python/a/x.py": "2", "python/a/b/only2.py": "2" }),
    ],
  };
  const own = packageFiles({ "app.py": "own", "google/own/x.py": "own", "../../outside.py": "out" });
  await withStage(new Map(), own, options, (withUnpacked) =>
    withUnpacked(async ({ root, layers }) => {
      const read = [
        text(root, "app.py"),
        text(root, "google/auth/x.py"),
        text(root, "google/own/x.py"),
        text(root, "google/own/y.py"),
      ];
      expect(read).toEqual(["own", "auth", "own", "theirs"]);
      const inLayers = ["a/x.py", "a/only1.py", "a/b/only2.py"].map((path) => text(layers, `python/${path}`));
      expect([...inLayers, text(layers, "bin/tool")]).toEqual(["2", "1", "2", "1"]);
      expect(existsSync(join(root, "../../outside.py"))).toBe(false);
    }),
  );
});

it("leaves nothing where the work fails, or two files have one path", async () => {
  const shelves = new Map();
  const roots: string[] = [];
  const failing = withStage(shelves, packageFiles({ "app.py": "" }), {}, (withUnpacked) =>
    withUnpacked(async ({ root }) => {
      roots.push(root);
      throw new Error("enough");
    }),
  );
  await expect(failing).rejects.toThrow("enough");
  expect(existsSync(roots[0] ?? "")).toBe(false);
  const clash = packageFiles({ a: "", "a/b": "" });
  const options = { dependencies: { id: "x", files: clash } };
  await expect(
    withStage(shelves, [], options, (withUnpacked) => withUnpacked(async () => 1)),
  ).rejects.toThrow(/EEXIST|ENOTDIR/);
  expect(shelves.size).toBe(0);
});
