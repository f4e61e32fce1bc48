import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { config, disposeAll, GOOD, make, run } from "./bad-input.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";

afterEach(disposeAll);

describe("files that cannot be packed", () => {
  const withAssets = config({ functions: { a: { entry: "a.ts", assets: ["files/**"] } } });

  it.each<[string, (root: string, home: string) => Promise<unknown>, string, string | undefined]>([
    [
      "more than 250 MB unzipped",
      async (root) => {
        await writeFile(join(root, "files/zeros.bin"), "");
        await truncate(join(root, "files/zeros.bin"), 262_144_001);
      },
      "SLUICE_ARTIFACT_TOO_LARGE",
      "functions.a",
    ],
    [
      "names that differ only by case",
      async (root) => {
        for (const name of ["Mail.txt", "mail.txt"]) await writeFile(join(root, "files", name), name);
      },
      "SLUICE_ZIP_PATH_CLASH",
      "files/mail.txt",
    ],
    [
      "a name that is not valid UTF-8",
      (root) => writeFile(Buffer.concat([Buffer.from(join(root, "files/mail-")), Buffer.from([0xff])]), ""),
      "SLUICE_FILE_NAME_INVALID",
      "files/mail-\uFFFD",
    ],
    [
      "a symbolic link that leaves the repository",
      (root) => symlink("/", join(root, "files/everything")),
      "SLUICE_SYMLINK_OUTSIDE",
      "files/everything",
    ],
    [
      "a symbolic link that leads nowhere",
      (root) => symlink("gone", join(root, "files/link")),
      "SLUICE_FILE_UNREADABLE",
      "files/link",
    ],
    [
      "a source behind a link that leaves the repository",
      async (root, home) => {
        await rm(join(root, "a.ts"));
        await writeFile(join(home, "a.ts"), GOOD);
        await symlink(join(home, "a.ts"), join(root, "a.ts"));
      },
      "SLUICE_SYMLINK_OUTSIDE",
      "a.ts",
    ],
  ])("builds nothing of %s", async (_what, spoil, code, where) => {
    const files = { "sluice.config.json": withAssets, "a.ts": GOOD, "files/x.txt": "x" };
    const repository = await make(files);
    const artifacts = join(repository.path, ".sluice/artifacts");
    await spoil(repository.path, repository.home);
    const failure = await run(repository, ["build"]);
    expect([failure.exitCode, failure.codes, failure.where]).toEqual([2, [code], [where]]);
    expect(existsSync(artifacts) ? readdirSync(artifacts) : []).toEqual([]);
  });

  it("never packs secrets, says so, and packs the one that is named", async () => {
    const repository = await make({
      "sluice.config.json": withAssets,
      "a.ts": GOOD,
      "files/x.txt": "x",
      "files/.env": "PASSWORD=top-secret-value",
      "files/server.key": "k",
      "files/.git/config": "c",
    });
    const build = () => sluice(repository.path, ["build"], jobEnvironment(repository.home));
    const packed = async (): Promise<string[]> => {
      const text = await readFile(join(repository.path, ".sluice/artifacts/a.manifest.json"), "utf8");
      const manifest = JSON.parse(text) as { files: { path: string }[] };
      return manifest.files.map(({ path }) => path).filter((path) => path.startsWith("files/"));
    };
    const without = await build();
    expect(without.exitCode, without.stderr).toBe(0);
    expect(await packed()).toEqual(["files/x.txt"]);
    expect(without.stderr.replace(/\s+/g, " ")).toMatch(
      /files\/\.env, files\/\.git\/config, files\/server\.key\. .*assets: \["files\/\.env"\]/,
    );
    await repository.write(
      "sluice.config.json",
      config({ functions: { a: { entry: "a.ts", assets: ["files/**", "files/.env"] } } }),
    );
    expect((await build()).exitCode).toBe(0);
    expect(await packed()).toEqual(["files/.env", "files/x.txt"]);
  });

  it("bundles and copies packages of a workspace that need each other", async () => {
    const workspace = (own: string, other: string): Record<string, string> => ({
      [`packages/${own}/package.json`]: `{"name":"@w/${own}","version":"1.0.0","type":"module","main":"index.js","dependencies":{"@w/${other}":"workspace:*"}}`,
      [`packages/${own}/index.js`]: `import { ${other} } from "@w/${other}";\nexport const ${own} = () => "${own}";\nexport const both = () => ${own}() + ${other}();\n`,
    });
    const repository = await make({
      "sluice.config.json": config({
        functions: { bundled: "a.ts", copied: { entry: "a.ts", external: ["@w/*"] } },
      }),
      "a.ts": 'import { both } from "@w/one";\nexport const handler = () => both();\n',
      ...workspace("one", "two"),
      ...workspace("two", "one"),
    });
    await mkdir(join(repository.path, "node_modules/@w"), { recursive: true });
    for (const name of ["one", "two"])
      await symlink(`../../packages/${name}`, join(repository.path, "node_modules/@w", name));
    const ran = await sluice(repository.path, ["build"], jobEnvironment(repository.home));
    expect(ran.exitCode, ran.stderr).toBe(0);
  });

  it("leaves the last good artifact where a build fails", async () => {
    const repository = await make({
      "sluice.config.json": config({ functions: { a: "a.ts" } }),
      "a.ts": GOOD,
    });
    const zip = join(repository.path, ".sluice/artifacts/a.zip");
    await sluice(repository.path, ["build"], jobEnvironment(repository.home));
    const before = await readFile(zip);
    for (const text of ["const a = ;\n", "export const handler = [].concat();\n"]) {
      await repository.write("a.ts", text);
      expect((await run(repository, ["build"])).exitCode).toBe(2);
      expect((await readFile(zip)).equals(before)).toBe(true);
    }
  });
});
