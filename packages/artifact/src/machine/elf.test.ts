import { readFileSync } from "node:fs";
import { elf } from "@sluice/test-kit";
import { describe, expect, it } from "vitest";
import { machineOf } from "./elf.ts";

describe("machineOf", () => {
  it("reads the machine of an ELF file", () => {
    expect(machineOf(elf("x86_64"), false)).toEqual({ kind: "linux", architecture: "x86_64" });
    expect(machineOf(elf("arm64"), false)).toEqual({ kind: "linux", architecture: "arm64" });
  });

  it.runIf(process.platform === "linux")("reads that of the Node.js that runs this", () => {
    const architecture = process.arch === "x64" ? "x86_64" : "arm64";
    expect(machineOf(readFileSync(process.execPath).subarray(0, 64), false)).toEqual({
      kind: "linux",
      architecture,
    });
  });

  it("tells macOS and Windows from Linux where native code is expected", () => {
    const machO = Buffer.concat([Buffer.from("cffaedfe", "hex"), Buffer.alloc(16)]);
    const windows = Buffer.concat([Buffer.from("MZ"), Buffer.alloc(18)]);
    expect(machineOf(machO, true)).toEqual({ kind: "foreign", name: "macOS" });
    expect(machineOf(windows, true)).toEqual({ kind: "foreign", name: "Windows" });
    expect(machineOf(machO, false)).toBeNull();
  });

  it("takes texts, Java classes and short files for no machine code", () => {
    expect(machineOf(Buffer.from("#!/bin/sh\nexec node index.js"), true)).toBeNull();
    expect(machineOf(Buffer.concat([Buffer.from("cafebabe", "hex"), Buffer.alloc(16)]), false)).toBeNull();
    expect(machineOf(Buffer.from([0x7f]), true)).toBeNull();
  });
});
