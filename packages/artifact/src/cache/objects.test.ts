import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createFixture } from "fs-fixture";
import { expect, it } from "vitest";
import { objectIdOf, objectPath, putCopy, putObject, takeObject } from "./objects.ts";

it("keeps a copy of a file of its own", async () => {
  await using fixture = await createFixture({ "a.zip": "content" });
  const [cache, path] = [fixture.getPath("cache"), fixture.getPath("a.zip")];
  const id = objectIdOf("content");
  expect(putCopy(cache, path, id, 7)).toBe(id);
  writeFileSync(path, "CONTENT");
  expect(takeObject(cache, id)?.toString()).toBe("content");
  expect(putObject(cache, "content")).toBe(id);
});

it("does not give away a copy of a file that was another one by then", async () => {
  await using fixture = await createFixture({ "a.zip": "CONTENT" });
  const cache = fixture.getPath("cache");
  const id = putCopy(cache, fixture.getPath("a.zip"), objectIdOf("content"), 7);
  expect(readFileSync(objectPath(cache, id), "utf8")).toBe("CONTENT");
  expect(takeObject(cache, id)).toBe(null);
  expect(existsSync(objectPath(cache, id))).toBe(false);
});

it("does without a file that is gone", async () => {
  await using fixture = await createFixture();
  const id = putCopy(fixture.getPath("cache"), fixture.getPath("a.zip"), objectIdOf("content"), 7);
  expect(takeObject(fixture.getPath("cache"), id)).toBe(null);
});
