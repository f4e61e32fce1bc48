import { expect, it } from "vitest";
import { hashedRequirements, pylock } from "./locks.ts";
import { ARM, pipPlatforms, uvPlatform } from "./packages.ts";
import type { WheelFile } from "./wheels.ts";

const wheel = (filename: string, sha256: string): WheelFile => ({
  filename,
  bytes: Buffer.from(filename),
  sha256,
  metadata: Buffer.alloc(0),
});

const wheels = [
  wheel("pydantic_core-2.0-cp313-cp313-manylinux_2_17_aarch64.whl", "aa"),
  wheel("pydantic_core-2.0-cp313-cp313-manylinux_2_17_x86_64.whl", "bb"),
  wheel("tzdata-2026.1-py2.py3-none-any.whl", "cc"),
];
const pins = [
  { name: "pydantic-core", version: "2.0" },
  { name: "tzdata", version: "2026.1" },
];

it("writes a requirements file with the sums of both machines' wheels", () => {
  expect(hashedRequirements(pins, wheels)).toBe(`pydantic-core==2.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
tzdata==2026.1 \\
    --hash=sha256:cc
`);
});

it("writes a pylock.toml that says where the wheels stand", () => {
  const text = pylock(pins, wheels, (filename) => `http://index/${filename}`);
  expect(text).toContain('lock-version = "1.0"');
  expect(text.match(/\[\[packages\]\]/g)).toHaveLength(2);
  expect(text).toContain(
    '{ name = "tzdata-2026.1-py2.py3-none-any.whl", url = "http://index/tzdata-2026.1-py2.py3-none-any.whl", size = 34, hashes = { sha256 = "cc" } }',
  );
});

it("names machines as uv and pip do, the newest glibc first", () => {
  expect(uvPlatform(ARM)).toBe("aarch64-manylinux_2_34");
  const platforms = pipPlatforms(ARM);
  expect([platforms[0], platforms.at(-2), platforms.at(-1)]).toEqual([
    "manylinux_2_34_aarch64",
    "manylinux_2_17_aarch64",
    "manylinux2014_aarch64",
  ]);
});
