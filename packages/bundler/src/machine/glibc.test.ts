import { readFileSync } from "node:fs";
import { dynamicNeeds, libcMisfit } from "@sluice/artifact";
import { elf, elfLibrary } from "@sluice/test-kit";
import { describe, expect, it } from "vitest";
import { addonMisfit } from "./addon.ts";

describe("dynamicNeeds", () => {
  it("reads what a library is linked with", () => {
    const needs = {
      libraries: ["libm.so.6", "libc.so.6"],
      versions: ["GLIBC_2.28"],
      interpreter: "/lib/ld.so",
    };
    expect(dynamicNeeds(elfLibrary("arm64", needs))).toEqual(needs);
  });

  it.runIf(process.platform === "linux")("reads that of the Node.js that runs this", () => {
    const needs = dynamicNeeds(readFileSync(process.execPath));
    expect(needs?.libraries.some((library) => /^libc\.(so|musl)/.test(library))).toBe(true);
  });

  it("takes what is cut off or no ELF for nothing", () => {
    const whole = elfLibrary("x86_64", { versions: ["GLIBC_2.28"] });
    for (let length = 64; length < whole.length - 12; length += 7) {
      const needs = dynamicNeeds(whole.subarray(0, length));
      expect(needs === null || needs.versions.every((name) => "GLIBC_2.28".startsWith(name))).toBe(true);
    }
    expect(dynamicNeeds(Buffer.from("#!/bin/sh\n".repeat(9)))).toBeNull();
    expect(dynamicNeeds(elf("x86_64"))).toEqual({ interpreter: null, libraries: [], versions: [] });
  });
});

describe("libcMisfit", () => {
  it("finds musl, by library and by loader", () => {
    expect(
      libcMisfit(elfLibrary("x86_64", { libraries: ["libc.musl-x86_64.so.1"] }), "nodejs22.x"),
    ).toContain("musl");
    const program = elfLibrary("arm64", { libraries: [], interpreter: "/lib/ld-musl-aarch64.so.1" });
    expect(libcMisfit(program, "provided.al2023")).toContain("musl");
  });

  it("compares glibc by numbers with the one of the runtime", () => {
    const of = (version: string, runtime: string): string | null =>
      libcMisfit(elfLibrary("x86_64", { versions: ["GLIBC_2.4", version] }), runtime);
    expect(of("GLIBC_2.34", "nodejs22.x")).toBeNull();
    expect(of("GLIBC_2.35", "nodejs22.x")).toBe(
      "built for glibc 2.35 or later, and the Amazon Linux of nodejs22.x has 2.34",
    );
    expect(of("GLIBC_2.28", "provided.al2")).toContain("2.26");
    expect(of("GLIBC_2.9", "nodejs18.x")).toBeNull();
  });
});

describe("addonMisfit", () => {
  it("tells an addon of another Node.js from one of this and from Node-API", () => {
    const of = (text: string): string | null => addonMisfit(elfLibrary("x86_64", { text }), "nodejs22.x");
    expect(of("node_register_module_v115")).toContain("Node.js 20");
    expect(of("node_register_module_v127")).toBeNull();
    expect(of("napi_register_module_v1")).toBeNull();
  });
});
