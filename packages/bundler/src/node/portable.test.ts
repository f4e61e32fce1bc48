import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { testContext } from "@sluice/test-kit";
import { afterAll, describe, expect, it } from "vitest";
import { bundler } from "../bundler.ts";
import { functionOf } from "../testing/repository.ts";
import { portableName } from "./portable.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "sluice-portable-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

const INSTALLED = {
  "package.json": '{"name":"dep","version":"1.0.0","main":"index.js"}',
  "index.js": "/*! dep: a licence */\nmodule.exports = () => require('os').EOL;\n",
};

async function digestOf(root: string, minify: boolean): Promise<string> {
  const fn = functionOf("orders", { minify });
  const all = [fn];
  const config = {
    file: null,
    root,
    functions: all,
    layers: [],
    environments: [],
    branches: [],
    plugins: [],
    concurrency: null,
  };
  const input = { function: fn, all, config, ref: null, packageVersion: null };
  const artifact = await bundler().bundle?.(input, testContext({ cwd: root }));
  return artifact?.manifest.digest ?? "";
}

describe("packages outside of the repository's root", () => {
  it.each([true, false])(
    "give one digest wherever a package manager keeps them (minify: %s)",
    async (minify) => {
      const name = `m${minify}`;
      const stores = ["home/ada/store/links/node_modules/dep", "srv/node_modules/dep"];
      const roots = await Promise.all(
        stores.map((store, index) => {
          const root = `${name}/${index}/${"deep/".repeat(index)}repository`;
          for (const [file, text] of Object.entries(INSTALLED))
            write({ [`${name}/${index}/${store}/${file}`]: text });
          write({
            [`${root}/src/orders.ts`]: 'import dep from "dep";\nexport const handler = async () => dep();\n',
          });
          mkdirSync(join(folder, root, "node_modules"));
          symlinkSync(join(folder, name, String(index), store), join(folder, root, "node_modules", "dep"));
          return join(folder, root);
        }),
      );
      const [first, second] = await Promise.all(roots.map((root) => digestOf(root, minify)));
      expect(first).toMatch(/^sha256:/);
      expect(second).toBe(first);
    },
  );

  it.each([true, false])("give the digest that packages inside of it give (minify: %s)", async (minify) => {
    const name = `inside${minify}`;
    const source = 'import dep from "dep";\nexport const handler = async () => dep();\n';
    for (const [file, text] of Object.entries(INSTALLED)) {
      write({ [`${name}/flat/node_modules/dep/${file}`]: text });
      write({ [`${name}/hoisted/node_modules/dep/${file}`]: text });
      write({ [`${name}/kept/node_modules/dep/${file}`]: text });
    }
    const roots = ["flat", "hoisted/apps/orders", "linked"].map((root) => `${name}/${root}`);
    for (const root of roots) write({ [`${root}/src/orders.ts`]: source });
    symlinkSync(join(folder, name, "kept/node_modules"), join(folder, name, "linked/node_modules"));
    const digests = await Promise.all(roots.map((root) => digestOf(join(folder, root), minify)));
    expect(digests[0]).toMatch(/^sha256:/);
    expect(digests).toEqual([digests[0], digests[0], digests[0]]);
  });

  it("are named from their first node_modules on, and nothing else is renamed", () => {
    expect(portableName("../../srv/node_modules/.pnpm/a@1/node_modules/a/i.js")).toBe(
      "node_modules/.pnpm/a@1/node_modules/a/i.js",
    );
    expect(portableName("../shared/x.ts")).toBe("../shared/x.ts");
    expect(portableName("node_modules/a/i.js")).toBe("node_modules/a/i.js");
  });
});
