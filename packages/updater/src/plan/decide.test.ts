import type { Manifest, Target } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { fakeFunction, sha } from "../testing/fake-lambda.ts";
import { artifactOf, manifestOf } from "../testing/scene.ts";
import { type DecideOptions, DIRECT_UPLOAD_BYTES, decide } from "./decide.ts";
import { fits } from "./fits.ts";
import { type FunctionState, functionState, type Observed, type ObservedAlias } from "./observed.ts";

const target: Target = {
  function: "orders",
  target: "orders-dev",
  region: "eu-west-1",
  account: null,
  alias: "live",
};
const latest = (code: string, overrides: Parameters<typeof fakeFunction>[2] = {}): FunctionState =>
  functionState(fakeFunction("orders-dev", code, overrides).latest);
const version = (code: string, number: string): FunctionState => ({ ...latest(code), version: number });

interface Given extends Partial<DecideOptions> {
  live?: FunctionState;
  latest?: FunctionState | null;
  aliasExists?: boolean;
  alias?: ObservedAlias;
  published?: string | null;
  unpublished?: boolean;
  manifest?: Partial<Manifest>;
}

function decided(given: Given) {
  const live = given.live ?? latest("old");
  const observed: Observed = {
    kind: "present",
    live,
    latest: given.latest === undefined ? live : given.latest,
    aliasExists: given.aliasExists ?? false,
    alias: given.alias ?? null,
    published: given.published ?? null,
    unpublished: given.unpublished ?? false,
  };
  const artifact = artifactOf("orders", "/x.zip", manifestOf("orders", "new", given.manifest));
  return decide(observed, artifact, target, {
    force: given.force ?? false,
    directUpload: given.directUpload ?? true,
    createAlias: given.createAlias ?? false,
  });
}

describe("decide", () => {
  it("updates when the code differs", () => {
    expect(decided({})).toEqual({ action: "update", reason: "code changed", error: null });
    expect(decided({ aliasExists: true, live: version("old", "6"), latest: latest("old") }).action).toBe(
      "update",
    );
  });

  it("does nothing when the code is the same, whatever else does not fit", () => {
    expect(decided({ live: latest("new", { Handler: "other.handler" }) }).action).toBe("none");
    expect(decided({ live: version("new", "7"), latest: null, aliasExists: true }).action).toBe("none");
  });

  it("updates the same code by force, or when its last update failed", () => {
    expect(decided({ live: latest("new"), force: true })).toMatchObject({
      action: "update",
      reason: "forced",
    });
    const failed = latest("new", { LastUpdateStatus: "Failed" });
    expect(decided({ live: failed })).toMatchObject({ action: "update", reason: "the last update failed" });
    const behind = { live: version("old", "6"), latest: failed, aliasExists: true };
    expect(decided(behind).action).toBe("update");
  });

  it("only moves the alias when $LATEST has the code", () => {
    const behind = { live: version("old", "6"), latest: latest("new"), aliasExists: true };
    expect(decided({ ...behind, published: "7" })).toMatchObject({
      action: "move-alias",
      reason: "alias live stands on 6, this code is 7",
    });
    expect(decided(behind)).toMatchObject({
      action: "move-alias",
      reason: "alias live stands on 6, this code is not published",
    });
    expect(decided({ ...behind, force: true }).action).toBe("update");
  });

  const alias = (weights: Record<string, number>, description = ""): ObservedAlias => ({
    version: "6",
    revisionId: "r",
    weights,
    description,
  });

  it("goes on with a rollout of this code, and undoes one of another first", () => {
    const rollout = alias({ "7": 0.1 }, "1.4.0 · rollout 7 10%");
    const given = { live: version("old", "6"), latest: latest("new"), aliasExists: true, alias: rollout };
    expect(decided({ ...given, published: "7" })).toMatchObject({
      action: "move-alias",
      reason: "the rollout of 7 stands at 10 %: it goes on",
    });
    expect(decided({ ...given, latest: latest("another") })).toMatchObject({
      action: "update",
      reason: "code changed; the rollout of 7 stands at 10 %: it is undone first",
    });
    expect(decided({ ...given, published: "7", force: true }).reason).toMatch(/undone first$/);
  });

  it("undoes a rollout of other code although the alias stands on this one", () => {
    const given = { live: version("new", "6"), latest: null, aliasExists: true };
    expect(decided({ ...given, alias: alias({ "7": 0.1 }, "rollout 7 10%") })).toMatchObject({
      action: "move-alias",
      reason: "the rollout of 7 stands at 10 %: it is undone first",
    });
    expect(decided({ ...given, alias: alias({ "7": 0.1 }) }).action).toBe("none");
  });

  it("says whose weights it waits for", () => {
    const given = { live: version("old", "6"), latest: latest("old"), aliasExists: true };
    expect(decided({ ...given, alias: alias({ "5": 0.25 }) }).reason).toBe(
      "code changed; waits until the alias sends no more 25 % of its calls to version 5: weights that Sluice did not set",
    );
  });

  it("says that an alias stands on a deleted version, and repairs it", () => {
    const broken = { ...version("", "6"), codeSha256: null };
    const given = { live: broken, aliasExists: true, alias: alias({}) };
    expect(decided({ ...given, latest: latest("old") })).toMatchObject({
      action: "update",
      reason: "alias live stands on 6, which is deleted; code changed",
    });
  });

  it("creates a missing alias only when told to", () => {
    expect(decided({ live: latest("new"), createAlias: true })).toMatchObject({
      action: "move-alias",
      reason: "alias live is created",
    });
    expect(decided({ createAlias: true })).toMatchObject({
      action: "update",
      reason: "code changed; alias live is created",
    });
    expect(decided({ live: latest("new") }).action).toBe("none");
  });

  it("passes on that a function is absent or cannot be read", () => {
    const artifact = artifactOf("orders", "/x.zip", manifestOf("orders", "new"));
    const options = { force: true, directUpload: true };
    expect(decide({ kind: "absent" }, artifact, target, options).action).toBe("absent");
    const problem = { code: "SLUICE_X", kind: "target", message: "m", hint: "h" } as const;
    expect(decide({ kind: "unreadable", problem }, artifact, target, options)).toMatchObject({
      action: "fail",
      error: problem,
    });
  });

  it.each<[string, Parameters<typeof fakeFunction>[2], string]>([
    ["handler", { Handler: "app.main" }, "SLUICE_HANDLER_MISMATCH"],
    ["runtime", { Runtime: "nodejs18.x" }, "SLUICE_RUNTIME_MISMATCH"],
    ["architecture", { Architectures: ["arm64"] }, "SLUICE_ARCHITECTURE_MISMATCH"],
    [
      "package type",
      { PackageType: "Image", Handler: undefined, Runtime: undefined },
      "SLUICE_PACKAGE_TYPE_MISMATCH",
    ],
  ])("refuses another %s, also by force", (_what, overrides, code) => {
    for (const force of [false, true]) {
      const { action, error } = decided({ live: latest("old", overrides), force });
      expect([action, error?.code, error?.kind]).toEqual(["refuse", code, "refusal"]);
    }
  });

  it("says of a change that what is live cannot be run", () => {
    const { action, reason } = decided({ live: latest("old", { State: "Failed" }) });
    expect([action, reason]).toEqual(["update", "code changed; what is live is in the state Failed"]);
  });

  it("names every mismatch and both sides of it", () => {
    const { error } = decided({ live: latest("old", { Handler: "app.main", Runtime: "nodejs18.x" }) });
    for (const part of ['"app.main"', '"index.handler"', "nodejs18.x", "nodejs22.x", "orders-dev"]) {
      expect(error?.message).toContain(part);
    }
    expect(error?.hint).toContain('handler: "app.main"');
    expect(error?.hint).toContain('runtime: "nodejs18.x"');
  });

  it("asks of a function in another language whether it is the one that is meant", () => {
    const { error } = decided({ live: latest("old", { Handler: "app.main", Runtime: "python3.13" }) });
    expect([error?.code, error?.where]).toEqual(["SLUICE_RUNTIME_MISMATCH", "functions.orders"]);
    expect(error?.message).not.toContain("app.main");
    expect(error?.hint).toContain("`name`");
    expect(error?.hint).not.toContain('"python3.13"');
    const custom = decided({ live: latest("old", { Runtime: "provided.al2023" }) });
    expect(custom.error?.hint).toContain('runtime: "provided.al2023"');
  });

  it("refuses a zip over the limit of direct upload, and none that goes by way of a bucket", () => {
    const manifest = { sizeBytes: DIRECT_UPLOAD_BYTES + 1 };
    expect(decided({ manifest }).error?.code).toBe("SLUICE_PACKAGE_TOO_LARGE");
    expect(decided({ manifest, directUpload: false }).action).toBe("update");
    expect(decided({ manifest: { sizeBytes: DIRECT_UPLOAD_BYTES } }).action).toBe("update");
  });

  it("says that a function with this code has failed, and sends it again by force", () => {
    const live = latest("new", {
      State: "Failed",
      StateReasonCode: "EniLimitExceeded",
      StateReason: "no ENI",
    });
    expect(decided({ live })).toMatchObject({ action: "fail", error: { code: "SLUICE_FUNCTION_FAILED" } });
    expect(decided({ live }).reason).toContain("EniLimitExceeded: no ENI");
    expect(decided({ live, force: true }).action).toBe("update");
  });

  it("updates functions that are idle or failed: new code may be their way out", () => {
    expect(decided({ live: latest("old", { State: "Inactive" }) }).action).toBe("update");
    expect(decided({ live: latest("old", { State: "Failed" }) }).action).toBe("update");
  });
});

describe("fits", () => {
  const manifest = manifestOf("orders", "new");

  it("takes any runtime and architecture that the manifest names", () => {
    const actual = latest("old", { Runtime: "nodejs24.x", Architectures: ["arm64"] });
    const wide = {
      compatibleRuntimes: ["nodejs22.x", "nodejs24.x"],
      compatibleArchitectures: ["x86_64", "arm64"],
    } as const;
    expect(fits(target, actual, { ...manifest, ...wide })).toEqual([]);
  });

  it("does not check what the manifest does not know", () => {
    const actual = latest("old", { Runtime: "provided.al2023", Architectures: ["arm64"] });
    expect(
      fits(target, actual, { ...manifest, compatibleRuntimes: [], compatibleArchitectures: [] }),
    ).toEqual([]);
  });

  it("takes a function without Architectures for x86_64", () => {
    expect(fits(target, latest("old", { Architectures: undefined }), manifest)).toEqual([]);
  });
});

it("the fake and the manifest agree on codeSha256", () => {
  expect(manifestOf("orders", "new").codeSha256).toBe(sha("new"));
});
