import type { Change } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type FakeFunction,
  type FakeLambda,
  fakeFunction,
  fakeLambda,
  withAlias,
} from "../testing/fake-lambda.ts";
import {
  type AlarmStates,
  aliasOf,
  CANARY,
  killedAt,
  provisioned,
  rollOutTo,
  rowOf,
} from "../testing/rollouts.ts";
import { clockedContext, openScene, type Scene } from "../testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const NONE: AlarmStates = new Map();
const WATCHED = { ...CANARY, alarms: ["{function}-{environment}-errors"] };

/** What each UpdateAlias left: version, weights, and the end of the description. */
function recorded(fake: FakeLambda, target: FakeFunction): unknown[] {
  const seen: unknown[] = [];
  const { updateAlias } = fake.api;
  Object.assign(fake.api, {
    updateAlias: async (...given: Parameters<typeof updateAlias>) => {
      const answer = await updateAlias(...given);
      const { version, weights, description = "" } = aliasOf(target);
      seen.push([version, weights, description.split(" · ").slice(-2).join(" · ")]);
      return answer;
    },
  });
  return seen;
}

describe("steps", () => {
  it("send a share, wait, and move the alias in one call that takes the weights away", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    const seen = recorded(fake, target);
    const context = clockedContext(scene.folder);
    const row = await rowOf(rollOutTo(scene, fake, NONE, { context }));
    expect(row).toMatchObject({ outcome: "updated", version: "2", previousVersion: "1", error: null });
    expect(row.rejectedVersion).toBeUndefined();
    expect(seen).toEqual([
      ["1", { "2": 0.1 }, "old · rollout 2 10%"],
      ["2", {}, expect.stringMatching(/^0123456789ab · sha256:/)],
    ]);
    expect(context.slept).toContain(60_000);
    expect(fake.log).toEqual([
      ...["GetFunction", "GetAlias", "GetFunction"],
      ...["UpdateFunctionCode", "GetFunction", "GetAlias", "GetFunction", "UpdateAlias", "UpdateAlias"],
    ]);
  });

  it("rise, each with its mark, while the description of the old version stays", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    const seen = recorded(fake, target);
    const context = clockedContext(scene.folder);
    await rollOutTo(scene, fake, NONE, {
      context,
      traffic: { ...CANARY, steps: [25, 50, 75], pauseSeconds: 10 },
    });
    expect(seen.slice(0, 3)).toEqual(
      [25, 50, 75].map((percent) => ["1", { "2": percent / 100 }, `old · rollout 2 ${percent}%`]),
    );
    expect(aliasOf(target)).toMatchObject({ version: "2", weights: {} });
    expect(context.slept.filter((each) => each === 10_000)).toHaveLength(3);
  });

  it("look at the alarms before the first, and every five seconds meanwhile", async () => {
    const fake = fakeLambda(provisioned());
    const states: AlarmStates = new Map([["orders-dev-errors", "INSUFFICIENT_DATA"]]);
    const row = await rowOf(rollOutTo(scene, fake, states, { traffic: WATCHED }));
    // One serves the beginning of the run and that of the rollout, when no time passed between them.
    expect(row).toMatchObject({ outcome: "updated", version: "2", apiCalls: { DescribeAlarms: 1 + 12 } });
  });

  it("leave an unchanged function alone", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    await rollOutTo(scene, fake, NONE);
    fake.log.length = 0;
    expect(await rowOf(rollOutTo(scene, fake, NONE))).toMatchObject({ outcome: "unchanged", version: "2" });
    expect(fake.log).toEqual(["GetFunction", "GetAlias"]);
  });
});

describe("another meanwhile", () => {
  it.each([
    ["moves the alias", { version: "9", revision: "theirs" }],
    ["sets other weights", { version: "1", revision: "theirs", weights: { "7": 0.5 } }],
  ])("who %s keeps it: conflict", async (_, theirs) => {
    const target = provisioned();
    const fake = fakeLambda(target);
    fake.before = (operation, nth) => {
      if (operation === "UpdateAlias" && nth === 2) target.aliases.set("live", theirs);
      return undefined;
    };
    const row = await rowOf(rollOutTo(scene, fake, NONE));
    expect(row).toMatchObject({ outcome: "conflict", error: { code: "SLUICE_TARGET_CONFLICT" } });
    expect(row.error?.message).toContain(`alias live now stands on ${theirs.version}`);
    expect(aliasOf(target)).toEqual(theirs);
  });

  it("who deletes the alias makes it failed", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    fake.before = (operation, nth) => {
      if (operation === "UpdateAlias" && nth === 2) target.aliases.clear();
      return undefined;
    };
    const row = await rowOf(rollOutTo(scene, fake, NONE));
    expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_ALIAS_VANISHED" } });
  });
});

describe("an alias that has nothing to roll out", () => {
  it("since it stands on $LATEST is moved at once, with a notice", async () => {
    const target = fakeFunction("orders", "old");
    target.aliases.set("live", { version: "$LATEST", revision: "first" });
    const fake = fakeLambda(target);
    const context = clockedContext(scene.folder);
    const row = await rowOf(rollOutTo(scene, fake, NONE, { context }));
    expect(row).toMatchObject({ outcome: "updated", version: "1", apiCalls: { UpdateAlias: 1 } });
    expect(row.reason).toBe("alias live stood on $LATEST, which has had the new code since it was updated");
    expect(JSON.stringify(context.events)).toContain("nothing to roll out");
    expect(aliasOf(target).weights ?? {}).toEqual({});
  });

  it("since it stands on a deleted function version is moved at once", async () => {
    const target = withAlias(fakeFunction("orders", "old"), "live");
    aliasOf(target).version = "9";
    const fake = fakeLambda(target);
    const row = await rowOf(rollOutTo(scene, fake, NONE));
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(row.reason).toBe("alias live stood on version 9, which does not exist");
    expect(aliasOf(target).version).toBe("2");
  });
});

it("bakes all targets at once, however few may be worked on", async () => {
  const names = ["a", "b", "c", "d", "e"];
  const fake = fakeLambda(...names.map((name) => provisioned(name)));
  const context = clockedContext(scene.folder);
  let baking = 0;
  let most = 0;
  const sleep = async (milliseconds: number): Promise<void> => {
    if (milliseconds < 60_000) return context.sleep(milliseconds);
    baking += 1;
    most = Math.max(most, baking);
    await new Promise((resolve) => setTimeout(resolve, 50));
    baking -= 1;
  };
  const { rows, changes } = await rollOutTo(scene, fake, NONE, {
    names,
    context: { ...context, sleep },
    environment: { concurrency: 1 },
  });
  expect(rows.map(({ outcome }) => outcome)).toEqual(names.map(() => "updated"));
  expect(changes.map((change: Change) => change.reason)).toEqual(
    names.map(() => "code changed; 10 % of the calls for 60 s first"),
  );
  expect(most).toBe(5);
}, 20_000);

it("goes on with a rollout at its step", async () => {
  const target = killedAt(50);
  const fake = fakeLambda(target);
  const seen = recorded(fake, target);
  const { rows, changes } = await rollOutTo(scene, fake, NONE, {
    traffic: { ...CANARY, steps: [25, 50, 75] },
  });
  expect(changes[0]?.reason).toContain(
    "the rollout of 2 stands at 50 %: it goes on; 25, 50, 75 % of the calls for 60 s each",
  );
  expect(rows[0]).toMatchObject({ outcome: "updated", version: "2" });
  expect(seen).toEqual([
    ["1", { "2": 0.75 }, "old · rollout 2 75%"],
    ["2", {}, expect.stringContaining("sha256:")],
  ]);
  expect(fake.log).not.toContain("UpdateFunctionCode");
});
