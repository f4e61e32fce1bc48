import { gzipSync } from "node:zlib";
import type { TarEntry } from "modern-tar";
import { describe, expect, it } from "vitest";
import { packageTarball, tarFile } from "../testing/registry.ts";
import { type PackageFile, unpack } from "./tarball.ts";

const unpacked = (bytes: Uint8Array): Promise<readonly PackageFile[]> =>
  unpack(bytes, (reason) => new Error(`refused: ${reason}`));

const link = (type: "symlink" | "link", linkname: string): TarEntry => ({
  header: { name: "package/lib/link.js", type, size: 0, linkname },
});

describe("a tarball", () => {
  it.each([
    ["that leads out", tarFile("package/../../evil.js", "x")],
    ["with an absolute name", tarFile("/etc/evil.js", "x")],
    ["with a drive", tarFile("C:/evil.js", "x")],
    ["with a backslash", tarFile("package/..\\..\\evil.js", "x")],
    ["with a link that leads out", link("symlink", "../../../x")],
    ["with an absolute link", link("symlink", "/etc/passwd")],
    ["with a hard link that leads out", link("link", "../x")],
  ])("%s is refused", async (_, entry) => {
    await expect(unpacked(await packageTarball(tarFile("package/a.js", ""), entry))).rejects.toThrow(
      /refused: the (name|link) /,
    );
  });

  it("that is broken, cut off or empty is refused", async () => {
    const good = await packageTarball(tarFile("package/a.js", "x".repeat(9000)));
    const broken = [
      Buffer.from("no gzip"),
      gzipSync("no tar"),
      good.subarray(0, -12),
      await packageTarball(),
    ];
    for (const bytes of broken) await expect(unpacked(bytes)).rejects.toThrow(/refused: /);
  });

  it("keeps long names, empty files and executables; links inside are left out", async () => {
    const deep = `${"a-folder-of-some-length/".repeat(15)}${"ü".repeat(120)}.js`;
    const files = await unpacked(
      await packageTarball(
        tarFile(`tool/${deep}`, "long"),
        { header: { name: "tool/empty/", type: "directory", size: 0 } },
        { header: { name: "tool/link.js", type: "symlink", size: 0, linkname: "./lib/../index.js" } },
        tarFile("tool/index.js", ""),
        tarFile("tool/bin.js", "#!", 0o755),
        tarFile("beside.js", "not in the first folder"),
      ),
    );
    expect(files.map(({ path, bytes, executable }) => [path, bytes.length, executable])).toEqual([
      [deep, 4, false],
      ["bin.js", 2, true],
      ["index.js", 0, false],
    ]);
  });
});
