import { isSluiceError, type Manifest } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { createManifest, formatManifest, parseManifest } from "./manifest.ts";
import { draft } from "./testing/draft.ts";
import { createZip } from "./zip.ts";

const zip = await createZip([
  { path: "index.mjs", bytes: Buffer.from("export const handler = () => {};") },
  { path: "index.mjs.map", bytes: Buffer.from("{}") },
]);
const manifest = createManifest(zip, draft());

function failureOf(text: string): string {
  try {
    parseManifest(text, "orders.manifest.json");
  } catch (error) {
    return isSluiceError(error)
      ? `${error.code} ${error.message} at ${error.problems[0].where}`
      : `unexpected: ${error}`;
  }
  return "accepted";
}

describe("a manifest", () => {
  it("comes back as it was written", () => {
    expect(parseManifest(formatManifest(manifest), "x")).toEqual(manifest);
  });

  it("has one text, whatever the order of the tools", () => {
    const other = createManifest(zip, draft({ tools: { sluice: "0.1.0", esbuild: "0.28.2" } }));
    expect(formatManifest(other)).toBe(formatManifest(manifest));
  });

  it("leaves out what it does not know", () => {
    const text = JSON.stringify({ ...manifest, later: true });
    expect(parseManifest(text, "x")).toEqual(manifest);
  });

  it.each(Object.keys(manifest))("is refused without `%s`, or with another type of it", (key) => {
    const { [key as keyof Manifest]: _, ...rest } = manifest;
    expect(failureOf(JSON.stringify(rest))).toBe(
      `SLUICE_MANIFEST_INVALID The manifest is not valid: \`${key}\` is missing. at orders.manifest.json`,
    );
    expect(failureOf(JSON.stringify({ ...rest, [key]: { a: [] } }))).toMatch(/^SLUICE_MANIFEST_INVALID/);
    expect(failureOf(JSON.stringify({ ...rest, [key]: -1 }))).toMatch(/^SLUICE_MANIFEST_INVALID/);
  });

  it.each<[Partial<Record<keyof Manifest, unknown>>, string]>([
    [{ schema: 2 }, "`schema` is not 1: this version of Sluice cannot read it"],
    [{ codeSha256: `${"A".repeat(43)}=` }, "`codeSha256` is not that of `digest`"],
    [{ unzippedBytes: 1 }, "`unzippedBytes` is not the sum of `files`"],
    [{ files: manifest.files.toReversed() }, "`files` are not in order, each once"],
    [
      { files: [...manifest.files, { ...manifest.files[1], size: 0 }] },
      "`files` are not in order, each once",
    ],
    [{ files: [{ ...manifest.files[0], path: "../x" }] }, "`files[0].path` is not a relative path"],
    [{ files: [{ ...manifest.files[0], sha256: "0" }] }, "`files[0].sha256` is not 64 hexadecimal digits"],
    [{ files: [{ ...manifest.files[0], mode: 0o4755 }] }, "`files[0].mode` is not a Unix mode"],
    [{ files: [null] }, "`files[0]` is not an object"],
    [{ compatibleRuntimes: ["nodejs24.x"] }, "`runtime` is not among the `compatibleRuntimes`"],
    [{ compatibleArchitectures: ["arm64"] }, "`architecture` is not among the `compatibleArchitectures`"],
    [{ commit: "abc" }, "`commit` is not a commit or null"],
  ])("is refused with %j", (change, reason) => {
    expect(failureOf(JSON.stringify({ ...manifest, ...change }))).toContain(reason);
  });

  it("may say which packages are in it", () => {
    const packages = [{ name: "zod", version: "4.1.0" }];
    const told = createManifest(zip, draft({ packages }));
    expect(parseManifest(formatManifest(told), "x")).toEqual(told);
    expect("packages" in parseManifest(formatManifest(manifest), "x")).toBe(false);
    for (const wrong of [null, {}, [{ name: "zod" }], [{ name: "", version: "1" }]])
      expect(failureOf(JSON.stringify({ ...manifest, packages: wrong }))).toContain(
        "`packages` is not a list of packages with name and version",
      );
  });

  it("is refused when it is no manifest at all", () => {
    expect(failureOf("")).toContain("it is not JSON");
    expect(failureOf("[]")).toContain("it is not an object");
    expect(failureOf('{"__proto__":{"schema":1}}')).toContain("`schema` is missing");
    expect(failureOf("[".repeat(100_000))).toContain("it is not JSON");
    expect(failureOf(`${"[".repeat(10_000)}${"]".repeat(10_000)}`)).toContain("it is not an object");
    expect(failureOf(" ".repeat(100_000_000))).toContain("it is too long");
  });

  it("is refused when any of its bytes becomes one that JSON does not have", () => {
    const text = formatManifest(manifest);
    for (let index = 0; index < text.length; index += 1) {
      const changed = `${text.slice(0, index)}\u0001${text.slice(index + 1)}`;
      expect(failureOf(changed)).toMatch(/^SLUICE_MANIFEST_INVALID/);
    }
  });
});
