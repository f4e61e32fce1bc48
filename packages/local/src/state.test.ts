import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readState, type State, writeState } from "./state.ts";

const state: State = {
  schema: 1,
  endpoint: "http://127.0.0.1:4321",
  pid: null,
  port: 4321,
  folder: "/tmp/sluice-local-abcDEF",
  log: "/tmp/x.log",
  nodes: { 22: "22.0.0", 24: null },
  node: "20.20.0",
  python: "python3.11",
  startedAt: 0,
  version: "0",
};

let fixture: FsFixture;
beforeEach(async () => {
  fixture = await createFixture({});
});
afterEach(() => fixture.rm());

it("reads what it has written", async () => {
  const file = fixture.getPath("state.json");
  await writeState(file, state);
  expect(await readState(file)).toEqual(state);
  expect(await readState(`${file}.absent`)).toBeNull();
});

it.each([
  ["a folder of the user's", { ...state, folder: "/home/someone" }],
  ["the root", { ...state, folder: "/" }],
  [
    "a folder that is reached by a detour",
    { ...state, folder: "/tmp/sluice-local-abcDEF/../sluice-local-abcDEF" },
  ],
  ["a relative folder", { ...state, folder: "sluice-local-abcDEF" }],
  ["another schema", { ...state, schema: 2 }],
  ["a pid that is none", { ...state, pid: "1" }],
  ["null", null],
])("does not follow a state file with %s", async (_, content) => {
  await fixture.writeFile("state.json", JSON.stringify(content));
  expect(await readState(fixture.getPath("state.json"))).toBe("unreadable");
});

it("takes half a file for unreadable", async () => {
  await fixture.writeFile("state.json", '{"schema": 1, "fol');
  expect(await readState(fixture.getPath("state.json"))).toBe("unreadable");
});
