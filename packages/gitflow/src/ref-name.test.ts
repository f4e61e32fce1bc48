import { createGitRepository } from "@sluice/test-kit";
import { expect, it } from "vitest";
import { isBranchName, parseRef } from "./ref-name.ts";

const PIECES = [
  "a",
  "B9",
  ".",
  "..",
  "/",
  "//",
  "@",
  "@{",
  "{",
  "}",
  "-",
  "lock",
  ".lock",
  " ",
  "~",
  "^",
  ":",
  "?",
];
const MORE = [
  "*",
  "[",
  "]",
  "\\",
  "HEAD",
  "refs/heads/",
  "'",
  '"',
  "$(",
  ")",
  ";",
  "&",
  "|",
  "ü",
  "日",
  "😀",
  "\u007f",
  "\t",
  "#",
  "%",
];

/** A generator of numbers that gives the same ones on every run. */
function* numbers(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    yield state >> 8;
  }
}

it("judges 200 names as git does", async () => {
  const pieces = [...PIECES, ...MORE];
  const random = numbers(7);
  const next = (): number => random.next().value as number;
  const pick = (): string => pieces[next() % pieces.length] ?? "";
  const names = new Set([...pieces, "release/1.4.0", "a/.b", "a.", "x".repeat(300), "feature/a.lock/b"]);
  while (names.size < 200) names.add(Array.from({ length: 1 + (next() % 4) }, pick).join(""));
  const repository = await createGitRepository();
  // git takes it for HEAD, which is no branch's name either.
  names.delete("@");
  try {
    for (const name of names) {
      // --branch also expands @{-1} and the like, which a plain ref name is not.
      const full = repository.git("check-ref-format", `refs/heads/${name}`);
      const short = repository.git("check-ref-format", "--branch", name);
      const taken = (await Promise.allSettled([full, short])).every(({ status }) => status === "fulfilled");
      expect([name, isBranchName(name)]).toEqual([name, taken]);
    }
  } finally {
    await repository.dispose();
  }
});

it.each([
  ["refs/pull/7/head", "7"],
  ["refs/merge-requests/12/train", "12"],
  ["refs/pull-requests/3/from", "3"],
  ["refs/changes/12/812/4", "812"],
])("takes %s for a change under review", (ref, id) => {
  expect(parseRef(ref)).toEqual({ branch: null, tag: null, pullRequest: { id, target: null } });
});

it.each(["refs/pull/x/merge", "refs/notes/commits", "pull/7", "tags/v1"])("takes %s for a branch", (name) => {
  expect(parseRef(name)).toMatchObject({ branch: name, pullRequest: null });
});
