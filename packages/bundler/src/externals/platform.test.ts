import { describe, expect, it } from "vitest";
import { packageFits, platformOfName, targetOf } from "./platform.ts";
import { packageName, patternsFilter } from "./specifier.ts";

const anywhere = { os: null, cpu: null, libc: null };

describe("packageFits", () => {
  it.each([
    ["@img/sharp-linux-arm64", true],
    ["@img/sharp-linuxmusl-arm64", false],
    ["@img/sharp-linux-x64", false],
    ["@esbuild/darwin-arm64", false],
    ["@node-rs/argon2-linux-arm64-gnu", true],
    ["@node-rs/argon2-linux-arm64-musl", false],
    ["sass-embedded-linux-musl-arm64", false],
    ["@lmdb/lmdb-win32-arm64", false],
    ["express", true],
  ])("knows %s by its name", (name, expected) => {
    expect(packageFits(name, anywhere, targetOf("arm64"))).toBe(expected);
  });

  it("goes by os, cpu and libc, exclusions too", () => {
    const fits = (fields: Partial<typeof anywhere> | object): boolean =>
      packageFits("p", { ...anywhere, ...fields }, targetOf("x86_64"));
    expect(fits({ os: ["!win32"], cpu: ["x64", "arm64"] })).toBe(true);
    expect(fits({ os: ["darwin"] })).toBe(false);
    expect(fits({ libc: ["musl"] })).toBe(false);
    expect(fits({ cpu: ["wasm32"] })).toBe(false);
  });

  it("takes no other name for a platform's", () => {
    for (const name of ["linux-tools", "is-windows", "darwin", "@acme/64"])
      expect(platformOfName(name)).toBeNull();
  });
});

describe("packageName", () => {
  it.each([
    ["a/b/c.js", "a"],
    ["@a/b/c", "@a/b"],
    ["node:fs", null],
    ["fs/promises", null],
    ["./a", null],
    ["/opt/a", null],
    ["#internal", null],
    ["https://a/b", null],
    [".prisma/client", ".prisma"],
  ])("of %s is %s", (specifier, expected) => {
    expect(packageName(specifier)).toBe(expected);
  });
});

describe("patternsFilter", () => {
  it("takes a name with what is below it, and stars for anything", () => {
    const filter = patternsFilter(["sharp", "@acme/*", "p/sub"]);
    const names = ["sharp", "sharp/lib", "sharpness", "@acme/x/y", "p", "p/sub", "p/sub/x"];
    expect(names.filter((name) => filter.test(name))).toEqual([
      "sharp",
      "sharp/lib",
      "@acme/x/y",
      "p/sub",
      "p/sub/x",
    ]);
    expect(patternsFilter([]).test("anything")).toBe(false);
  });
});
