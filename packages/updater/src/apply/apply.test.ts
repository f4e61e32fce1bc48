import { writeFile } from "node:fs/promises";
import { interrupted, type RunContext } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  awsError,
  type FakeLambda,
  fakeFunction,
  fakeLambda,
  sha,
  withAlias,
} from "../testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, type Scene, strategyOn } from "../testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const NAMES = ["a", "b", "c", "d", "e"];
const fiveOld = (): FakeLambda =>
  fakeLambda(...NAMES.map((name) => withAlias(fakeFunction(name, "old"), "live")));

async function runFive(fake: FakeLambda, concurrency: number, context: RunContext) {
  const artifacts = await Promise.all(NAMES.map((name) => scene.artifact(name, "new")));
  return deploy(strategyOn(fake), scene.input(artifacts, { alias: "live", concurrency }), context);
}

describe("several targets", () => {
  it("complete although one of them fails", async () => {
    const fake = fiveOld();
    fake.before = (operation, nth) =>
      operation === "UpdateFunctionCode" && nth === 2
        ? awsError("InvalidParameterValueException")
        : undefined;
    const { rows } = await runFive(fake, 1, clockedContext(scene.folder));
    expect(rows.map(({ function: name, outcome }) => `${name} ${outcome}`)).toEqual([
      "a updated",
      "b failed",
      "c updated",
      "d updated",
      "e updated",
    ]);
    expect(rows[1]?.error?.message).toContain("UpdateFunctionCode of b in eu-west-1");
  });

  it("are never more at once than the environment allows", async () => {
    const fake = fiveOld();
    let open = 0;
    let most = 0;
    const context = clockedContext(scene.folder, {
      emit: (event) => {
        if (event.type !== "target") return;
        open += event.status === "start" ? 1 : event.status === "done" ? -1 : 0;
        most = Math.max(most, open);
      },
    });
    await runFive(fake, 2, context);
    expect([most, open]).toEqual([2, 0]);
  });
});

describe("a cancelled run", () => {
  it("finishes the target under way and skips the rest", async () => {
    const controller = new AbortController();
    const fake = fiveOld();
    const context = clockedContext(scene.folder, {
      signal: controller.signal,
      sleep: async () => {
        controller.abort(interrupted("SIGINT"));
        throw controller.signal.reason;
      },
    });
    const { rows } = await runFive(fake, 1, context);
    expect(rows.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
      "updated code changed",
      ...Array.from({ length: 4 }, () => "skipped interrupted"),
    ]);
    expect(fake.functions.get("a")?.aliases.get("live")?.version).toBe("2");
    expect(fake.log.filter((operation) => operation === "UpdateFunctionCode")).toHaveLength(1);
  });

  it("asks again where the limiter turned a target away that was written to, and not before", async () => {
    for (const [operation, outcome] of [
      ["UpdateAlias", "updated"],
      ["UpdateFunctionCode", "skipped"],
    ] as const) {
      const fake = fakeLambda(withAlias(fakeFunction("a", "old"), "live"));
      const input = scene.input([await scene.artifact("a", "new")], { alias: "live" });
      const { updateAlias, updateFunctionCode } = fake.api;
      const turnedAway = async (): Promise<never> => {
        Object.assign(fake.api, { updateAlias, updateFunctionCode });
        throw interrupted("SIGINT");
      };
      Object.assign(
        fake.api,
        operation === "UpdateAlias" ? { updateAlias: turnedAway } : { updateFunctionCode: turnedAway },
      );
      const { rows } = await deploy(strategyOn(fake), input, clockedContext(scene.folder));
      expect(rows[0]?.outcome).toBe(outcome);
    }
  });
});

describe("code that does not arrive as it should", () => {
  const one = async (fake: FakeLambda, spoil: (path: string) => Promise<void> = async () => undefined) => {
    const artifact = await scene.artifact("a", "new");
    const strategy = strategyOn(fake);
    const input = scene.input([artifact], { alias: "live" });
    const context = clockedContext(scene.folder);
    const changes = (await strategy.plan(input, context)) ?? [];
    await spoil(artifact.path);
    const [row] = await strategy.apply({ ...input, changes }, context);
    return row;
  };

  it("is not sent when the zip has changed since it was built", async () => {
    const fake = fakeLambda(withAlias(fakeFunction("a", "old"), "live"));
    const row = await one(fake, (path) => writeFile(path, "tampered"));
    expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_ARTIFACT_CHANGED" } });
    expect(fake.log).not.toContain("UpdateFunctionCode");
  });

  it("moves no alias when Lambda answers with another hash", async () => {
    const target = withAlias(fakeFunction("a", "old"), "live");
    const fake = fakeLambda(target);
    const { updateFunctionCode } = fake.api;
    Object.assign(fake.api, {
      updateFunctionCode: async (...given: Parameters<typeof updateFunctionCode>) => ({
        ...(await updateFunctionCode(...given)),
        CodeSha256: sha("other"),
      }),
    });
    const row = await one(fake);
    expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_CODE_SHA_MISMATCH" } });
    expect(target.aliases.get("live")?.version).toBe("1");
  });

  it("moves no alias when Lambda cannot make it run, and gives Lambda's reason", async () => {
    const target = withAlias(fakeFunction("a", "old"), "live");
    const fake = fakeLambda(target);
    fake.after = (operation, nth) => {
      if (operation !== "UpdateFunctionCode" || nth !== 1) return undefined;
      target.busyReads = 0;
      const failed = {
        LastUpdateStatus: "Successful",
        State: "Failed",
        StateReasonCode: "InvalidRuntime",
        StateReason: "no such runtime",
      } as const;
      target.versions = target.versions.map((version) => ({ ...version, ...failed }));
      return undefined;
    };
    const row = await one(fake);
    expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_UPDATE_FAILED" } });
    expect(row?.error?.message).toContain("InvalidRuntime: no such runtime");
    expect(target.aliases.get("live")?.version).toBe("1");
  });

  it("is reported and kept from nobody else when Sluice itself is wrong", async () => {
    const fake = fakeLambda(withAlias(fakeFunction("a", "old"), "live"));
    Object.assign(fake.api, { updateAlias: undefined });
    const row = await one(fake);
    expect(row?.outcome).toBe("failed");
  });
});
