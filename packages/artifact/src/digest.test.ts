import { isSluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { codeSha256ToDigest, contentSha256, digestOf, digestToCodeSha256, isDigest } from "./digest.ts";

/** SHA-256 of "abc": FIPS 180-2, appendix B.1. */
const ABC = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const ABC_BASE64 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return isSluiceError(error) ? error.code : String(error);
  }
  return "none";
}

describe("digests", () => {
  it("of a content that stays as it is are computed once for each buffer", () => {
    const bytes = Buffer.from("abc");
    expect(`sha256:${contentSha256(bytes)}`).toBe(ABC);
    bytes.fill(0);
    expect(`sha256:${contentSha256(bytes)}`).toBe(ABC);
    expect(`sha256:${contentSha256(Buffer.from("abd"))}`).not.toBe(ABC);
  });

  it("are SHA-256, and convert to AWS's form and back", () => {
    expect(digestOf(Buffer.from("abc"))).toBe(ABC);
    expect(digestToCodeSha256(ABC)).toBe(ABC_BASE64);
    expect(codeSha256ToDigest(ABC_BASE64)).toBe(ABC);
  });

  it.each([ABC.toUpperCase(), ABC.slice(7), `${ABC}0`, `${ABC}\n`, "sha512:00", ""])("are not %j", (text) => {
    expect(isDigest(text)).toBe(false);
    expect(codeOf(() => digestToCodeSha256(text as "sha256:"))).toBe("SLUICE_DIGEST_INVALID");
  });

  it.each([
    ABC_BASE64.slice(0, -1),
    ABC_BASE64.replace("+", "-"),
    // The same bytes to a lenient decoder, and another text.
    ABC_BASE64.replace("0=", "1="),
    "",
  ])("are not converted from %j", (text) => {
    expect(codeOf(() => codeSha256ToDigest(text))).toBe("SLUICE_DIGEST_INVALID");
  });
});
