import { describe, expect, it } from "vitest";
import { makeWheel } from "../testing/wheels.ts";
import { mergeWheels } from "../wheels/merge.ts";
import { readMetadata } from "../wheels/metadata.ts";
import { openWheel } from "../wheels/wheel.ts";
import { createPythonInventory } from "./inventory.ts";

const opened = (name: string, files: Readonly<Record<string, string>>) => {
  const { filename, bytes } = makeWheel({ name, files });
  const wheel = openWheel(filename, bytes);
  return { ...wheel, filename, identity: filename, metadata: readMetadata(wheel) };
};

describe("the inventory of a Python package", () => {
  it("tells packages apart that share folders, with each other and with own sources", () => {
    const wheels = [
      opened("google-auth", { "google/auth/a.py": "", "google/auth/b/c.py": "" }),
      opened("google-storage", { "google/cloud/storage.py": "1" }),
      opened("plain", { "plain/a.py": "", "plain.libs/x.so": "", "single.py": "" }),
      opened("shared", { "shop/shared/a.py": "", "shop/b.py": "" }),
    ];
    const { files } = mergeWheels(wheels);
    const { packages } = createPythonInventory(wheels, files, ["shop/own.py", "app.py"], []);
    const places = packages.map(({ name, places: found = [] }) => [
      name,
      found.filter((place) => !place.endsWith(".dist-info")),
    ]);
    expect(Object.fromEntries(places)).toEqual({
      "google-auth": ["google/auth"],
      "google-storage": ["google/cloud"],
      plain: ["plain", "plain.libs", "single.py"],
      shared: ["shop/b.py", "shop/shared"],
    });
  });
});
