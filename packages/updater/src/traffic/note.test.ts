import type { Action, ResolvedEnvironment, ResolvedTraffic } from "@sluice/core";
import { expect, it } from "vitest";
import { withTrafficNote } from "./note.ts";

const steps = (list: number[], pauseSeconds: number): ResolvedTraffic => ({
  kind: "steps",
  steps: list,
  pauseSeconds,
  alarms: [],
  tests: null,
});

function reasonOf(traffic: ResolvedTraffic | null, action: Action = "update", aliasExists = true): string {
  const target = { function: "a", target: "a", region: "eu-west-1", account: null, alias: "live" };
  const change = { action, reason: "code changed", target, state: { aliasExists } };
  return withTrafficNote(change, { environment: { traffic } as ResolvedEnvironment }).reason;
}

it.each([
  [steps([10], 600), "code changed; 10 % of the calls for 10 min first"],
  [steps([5], 90), "code changed; 5 % of the calls for 90 s first"],
  [steps([25, 50, 75], 60), "code changed; 25, 50, 75 % of the calls for 60 s each first"],
  [
    steps([10, 20, 30, 40, 50, 60, 70, 80, 90], 300),
    "code changed; 10, 20, …, 90 % of the calls for 5 min each first",
  ],
  [{ kind: "codeDeploy", application: "shop", group: "all", config: null }, "code changed; by CodeDeploy"],
  [null, "code changed"],
] as const)("says how calls go over: %j", (traffic, reason) => {
  expect(reasonOf(traffic)).toBe(reason);
});

it("says nothing where nothing goes over", () => {
  for (const action of ["none", "refuse", "fail", "absent"] as const)
    expect(reasonOf(steps([10], 60), action)).toBe("code changed");
  expect(reasonOf(steps([10], 60), "update", false)).toBe("code changed");
});
