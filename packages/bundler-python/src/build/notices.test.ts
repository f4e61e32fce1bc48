import { expect, it } from "vitest";
import type { PythonSession } from "../session.ts";
import { tellDependencies, tellUnpinned } from "./notices.ts";
import type { OpenedDependencies } from "./opened.ts";

function sessionOf(names: readonly string[]): { session: PythonSession; told: string[] } {
  const told: string[] = [];
  const context = { emit: (event: { message?: string }) => told.push(event.message ?? "") };
  const own = { told: new Set(), unpinned: new Map(), waitingFor: new Set(names), context };
  return { session: own as unknown as PythonSession, told };
}

const opened = (label: string, unpinned: readonly string[]): OpenedDependencies =>
  ({ dependencies: { label, unpinned, notices: [] } }) as unknown as OpenedDependencies;

it("says once for all functions which files leave versions open", () => {
  const names = ["a", "b", "c", "d", "e"];
  const { session, told } = sessionOf(names);
  for (const name of names) {
    tellDependencies(session, opened(`${name}/requirements.txt`, ["numpy", "requests"]));
    expect(told).toEqual([]);
    session.waitingFor.delete(name);
    tellUnpinned(session);
  }
  expect(told).toEqual([
    expect.stringMatching(
      /^a\/requirements\.txt, b\/requirements\.txt, c\/requirements\.txt and 2 more do not fix the version of numpy, requests:/,
    ),
  ]);
});

it("says it at once where nobody else is waited for, and of one file", () => {
  const { session, told } = sessionOf([]);
  tellDependencies(session, opened("requirements.txt", ["b", "a", "d", "c", "e"]));
  expect(told).toEqual([
    expect.stringContaining("requirements.txt does not fix the version of a, b, c and 2 more:"),
  ]);
  tellDependencies(session, opened("uv.lock", []));
  expect(told).toHaveLength(1);
});
