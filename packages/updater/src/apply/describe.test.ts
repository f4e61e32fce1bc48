import { expect, describe as group, it } from "vitest";
import { describe } from "./describe.ts";

const digest = `sha256:${"ab".repeat(32)}` as const;
const commit = "0123456789abcdef0123456789abcdef01234567";

group("describe", () => {
  it("names package version, commit and digest", () => {
    const text = describe({ packageVersion: "1.4.0", commit, dirty: false, digest });
    expect(text).toBe(`1.4.0 · 0123456789ab · ${digest}`);
  });

  it("says that the work tree was dirty", () => {
    const text = describe({ packageVersion: "1.4.0", commit, dirty: true, digest });
    expect(text).toBe(`1.4.0 · 0123456789ab dirty · ${digest}`);
  });

  it("leaves out what is not known", () => {
    expect(describe({ packageVersion: null, commit: null, dirty: null, digest })).toBe(digest);
    expect(describe({ packageVersion: "1.4.0", commit: null, dirty: null, digest })).toBe(
      `1.4.0 · ${digest}`,
    );
    expect(describe({ packageVersion: null, commit, dirty: null, digest })).toBe(`0123456789ab · ${digest}`);
  });

  it.each([0, 1, 150, 160, 161, 162, 163, 164, 165, 181, 182, 183, 256, 1000])(
    "stays within 256 characters with a package version of %i, and keeps the digest whole",
    (length) => {
      for (const dirty of [true, false]) {
        const text = describe({ packageVersion: "9".repeat(length), commit, dirty, digest });
        expect(text.length).toBeLessThanOrEqual(256);
        expect(text.endsWith(digest)).toBe(true);
      }
    },
  );
});
