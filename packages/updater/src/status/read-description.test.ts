import { expect, it } from "vitest";
import { describe as describeManifest } from "../apply/describe.ts";
import { manifestOf } from "../testing/scene.ts";
import { readDescription } from "./read-description.ts";

const manifest = manifestOf("orders", "one");

it.each([
  [{}, "1.4.0", "0123456789ab"],
  [{ dirty: true }, "1.4.0", "0123456789ab"],
  [{ commit: null }, "1.4.0", null],
  [{ packageVersion: null }, null, "0123456789ab"],
  [{ packageVersion: null, commit: null }, null, null],
])("reads back what describe wrote: %j", (overrides, packageVersion, commit) => {
  const text = describeManifest({ ...manifest, ...overrides });
  expect(readDescription(text)).toEqual({ digest: manifest.digest, packageVersion, commit });
  const rolling = readDescription(`${text} · rollout 7 10%`);
  expect(rolling).toEqual({ digest: manifest.digest, packageVersion, commit });
});

it.each(["", "managed by Terraform", "sha256:abc", `x${manifest.digest}`])("says nothing of %j", (text) => {
  expect(readDescription(text)).toBeNull();
});
