import { type DeploymentRecord, openDeployments } from "@sluice/artifact";
import type { Change, GitHistory, PlanInput, ResolvedEnvironment, RunEvent } from "@sluice/core";
import { createGitRepository, type GitRepository } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeFunction, fakeLambda, withAlias } from "../testing/fake-lambda.ts";
import { clockedContext, manifestOf, openScene, type Scene, strategyOn } from "../testing/scene.ts";
import { isProduction } from "./production.ts";

let scene: Scene;
let repository: GitRepository;
/** A line of three, and a commit beside the second. */
const commits = { first: "", second: "", third: "", beside: "" };
type Name = keyof typeof commits;

beforeAll(async () => {
  [scene, repository] = await Promise.all([openScene(), createGitRepository()]);
  for (const name of ["first", "second", "third"] as const) {
    await repository.write("file.txt", name);
    commits[name] = await repository.commit(name);
  }
  await repository.git("switch", "--quiet", "--detach", commits.first);
  await repository.write("file.txt", "beside");
  commits.beside = await repository.commit("beside");
}, 60_000);
afterAll(async () => {
  await scene.dispose();
  await repository.dispose();
});

/** Git's own answers. */
const history: GitHistory = {
  isAncestor: async (older, newer) =>
    repository.git("merge-base", "--is-ancestor", older, newer).then(
      () => true,
      () => false,
    ),
  parents: async () => null,
  tree: async () => null,
  committedAt: async () => null,
};

let stores = 0;

interface Recorded extends Partial<DeploymentRecord> {
  readonly by: Name;
}

/** The plan for "orders", whose records are these, the oldest first. */
async function planned(
  ours: Name,
  recorded: readonly Recorded[],
  overrides: {
    readonly environment?: Partial<ResolvedEnvironment>;
    readonly input?: Partial<PlanInput>;
    readonly live?: string;
    readonly description?: string;
    readonly events?: RunEvent[];
  } = {},
): Promise<Change> {
  stores += 1;
  const store = `store-${stores}`;
  const deployments = openDeployments(store, {
    root: scene.folder,
    objects: () => Promise.reject() as never,
  });
  for (const [index, { by, ...rest }] of recorded.entries())
    await deployments.write({ ...recordOf(commits[by], index), ...rest });
  const target = withAlias(fakeFunction("orders", overrides.live ?? "live"), "live");
  const alias = target.aliases.get("live");
  if (alias !== undefined && overrides.description !== undefined) alias.description = overrides.description;
  const artifact = await scene.artifact("orders", "new");
  const environment = {
    alias: "live",
    store: recorded.length === 0 ? null : store,
    ...overrides.environment,
  };
  const base = scene.input([artifact], environment);
  const input = { ...base, ref: { ...base.ref, commit: commits[ours] }, history, ...overrides.input };
  const changes = await strategyOn(fakeLambda(target)).plan(
    input,
    clockedContext(scene.folder, { emit: (event) => overrides.events?.push(event) }),
  );
  const [change] = changes ?? [];
  if (change === undefined) throw new Error("no change");
  return change;
}

function recordOf(commit: string, index: number): DeploymentRecord {
  const { digest, codeSha256 } = manifestOf("orders", `code ${index}`);
  return {
    schema: 1,
    environment: "dev",
    function: "orders",
    target: "orders",
    region: "eu-west-1",
    account: null,
    alias: "live",
    command: "deploy",
    outcome: "live",
    digest,
    codeSha256,
    version: String(index + 1),
    predecessor: null,
    commit,
    tree: null,
    committedAt: null,
    dirty: false,
    branch: "develop",
    packageVersion: "1.4.0",
    at: new Date(Date.UTC(2026, 10, 1, 12, index)).toISOString(),
    who: { identity: null, user: null, job: null },
    reason: "code changed",
    sluice: "",
    layers: [],
    image: null,
  };
}

describe("an older commit", () => {
  it("does not replace a newer one", async () => {
    const change = await planned("first", [{ by: "second" }], { live: "code 0" });
    expect(change).toMatchObject({ action: "refuse", error: { code: "SLUICE_DOWNGRADE", kind: "refusal" } });
    expect(change.reason).toContain(commits.first.slice(0, 12));
    expect(change.reason).toContain("in the other's history");
    expect(change.apiCalls).toEqual({ GetFunction: 2 });
  });

  it("may, where it is allowed, or where somebody goes back on purpose", async () => {
    const records = [{ by: "second" }] as const;
    const options = { ...scene.input([]).options, allowDowngrade: true };
    for (const allowed of [
      { environment: { allowDowngrade: true } },
      { input: { options } },
      { input: { command: "rollback" } },
    ] as const)
      expect((await planned("first", records, allowed)).action).toBe("update");
  });

  it("is none when it is the same, a newer one, or has the same code", async () => {
    expect((await planned("second", [{ by: "second" }])).action).toBe("update");
    expect((await planned("third", [{ by: "first" }, { by: "second" }])).action).toBe("update");
    const { digest, codeSha256 } = manifestOf("orders", "new");
    expect((await planned("first", [{ by: "second", digest, codeSha256 }])).action).toBe("update");
  });

  it("is not asked for when nothing would change", async () => {
    expect((await planned("first", [{ by: "second" }], { live: "new" })).action).toBe("none");
  });

  it("counts what callers got, not what was rejected or failed", async () => {
    const tried = [
      { by: "first" },
      { by: "third", outcome: "rejected" },
      { by: "third", outcome: "failed" },
    ] as const;
    expect((await planned("second", tried)).action).toBe("update");
    const many = Array.from({ length: 25 }, () => ({ by: "third", outcome: "failed" }) as const);
    expect((await planned("first", [{ by: "second" }, ...many])).action).toBe("refuse");
  });
});

describe("commits of which git does not tell the older", () => {
  it("are told apart by which was live first", async () => {
    const change = await planned("beside", [{ by: "beside" }, { by: "second" }]);
    expect(change.error?.code).toBe("SLUICE_DOWNGRADE");
    expect(change.reason).toContain(
      "git does not tell which came first, and it was live until 2026-11-01 12:01:00 UTC",
    );
    expect((await planned("beside", [{ by: "second" }])).action).toBe("update");
    expect((await planned("beside", [{ by: "beside", outcome: "failed" }, { by: "second" }])).action).toBe(
      "update",
    );
  });

  it("are told apart so without git as well", async () => {
    const records = [{ by: "first" }, { by: "second" }] as const;
    const unknown: GitHistory = { ...history, isAncestor: async () => null };
    expect((await planned("first", records, { input: { history: unknown } })).action).toBe("refuse");
    expect((await planned("third", records, { input: { history: unknown } })).action).toBe("update");
  });
});

describe("commits that a clone's history does not connect, as a shallow one's", () => {
  const at = (minute: number): string => new Date(Date.UTC(2026, 10, 1, 12, minute)).toISOString();
  /** A clone of depth 1: it has one commit, made at this minute. */
  const shallow = (own: Name, minute: number): GitHistory => ({
    ...history,
    isAncestor: async () => null,
    committedAt: async (commit) => (commit === commits[own] ? at(minute) : null),
  });

  it("are told apart by when they were made", async () => {
    const records = [{ by: "second", committedAt: at(5) }] as const;
    const older = await planned("first", records, { input: { history: shallow("first", 4) } });
    expect(older).toMatchObject({ action: "refuse", error: { code: "SLUICE_DOWNGRADE", kind: "refusal" } });
    expect(older.reason).toBe(
      `orders in eu-west-1 has the commit ${commits.second.slice(0, 12)}, and ${commits.first.slice(0, 12)} is older: this clone's history does not reach the other, so their times were compared: it was committed at 2026-11-01 12:04:00 UTC, and ${commits.second.slice(0, 12)} at 2026-11-01 12:05:00 UTC.`,
    );
    expect(older.error?.hint).toMatch(/fetch-depth: 0.*GIT_DEPTH: 0.*--allow-downgrade/);
    const options = { ...scene.input([]).options, allowDowngrade: true };
    const allowed = await planned("first", records, { input: { history: shallow("first", 4), options } });
    expect(allowed.action).toBe("update");
    const events: RunEvent[] = [];
    const newer = await planned("third", records, { input: { history: shallow("third", 6) }, events });
    expect([newer.action, events]).toEqual(["update", []]);
  });

  it("of one time, or of none that is known, are let through, which is told", async () => {
    for (const [committedAt, history] of [
      [at(5), shallow("first", 5)],
      [null, shallow("first", 4)],
      [at(5), shallow("second", 5)],
    ] as const) {
      const events: RunEvent[] = [];
      const change = await planned("first", [{ by: "third", committedAt }], { input: { history }, events });
      expect(change.action).toBe("update");
      expect(events).toEqual([{ type: "notice", message: expect.stringContaining("fetch-depth: 0") }]);
    }
  });

  it("are told apart by which was live first, if both were", async () => {
    const records = [
      { by: "first", committedAt: at(9) },
      { by: "second", committedAt: at(5) },
    ] as const;
    const change = await planned("first", records, { input: { history: shallow("first", 9) } });
    expect(change.reason).toContain("it was live until");
  });

  it("are not compared by time where git knows that they are of two branches", async () => {
    const both = { ...history, committedAt: async () => at(1) };
    const records = [{ by: "second", committedAt: at(5) }] as const;
    expect((await planned("beside", records, { input: { history: both } })).action).toBe("update");
  });
});

describe("what callers have and no record tells of, as of a run that was killed", () => {
  const description = (name: Name): string =>
    `1.4.0 · ${commits[name].slice(0, 12)} · ${manifestOf("orders", "live").digest}`;

  it("is what the alias says, as long as it says it of this code", async () => {
    const records = [{ by: "first" }] as const;
    const change = await planned("second", records, { description: description("third") });
    expect(change).toMatchObject({ action: "refuse", error: { code: "SLUICE_DOWNGRADE" } });
    expect(change.apiCalls).toEqual({ GetFunction: 2, GetAlias: 1 });
    expect((await planned("third", records, { description: description("second") })).action).toBe("update");
    const byHand = { live: "by hand", description: description("third") };
    expect((await planned("second", records, byHand)).action).toBe("update");
  });

  it("is kept from the code that was recorded before it, too", async () => {
    const { digest, codeSha256 } = manifestOf("orders", "new");
    const records = [{ by: "first", digest, codeSha256 }] as const;
    const change = await planned("first", records, { description: description("third") });
    expect(change.error?.code).toBe("SLUICE_DOWNGRADE");
  });

  it("is what the alias says where nothing was recorded yet", async () => {
    const environment = { store: "empty" };
    const change = await planned("second", [], { description: description("third"), environment });
    expect(change.error?.code).toBe("SLUICE_DOWNGRADE");
    expect(change.apiCalls).toEqual({ GetFunction: 2, GetAlias: 1 });
    const newer = await planned("third", [], { description: description("second"), environment });
    expect(newer.action).toBe("update");
  });

  it("costs nothing where the newest record tells of it", async () => {
    const { digest, codeSha256 } = manifestOf("orders", "live");
    const change = await planned("second", [{ by: "first", digest, codeSha256 }]);
    expect([change.action, change.apiCalls]).toEqual(["update", { GetFunction: 2 }]);
  });
});

it("says once when git does not know, as in a shallow clone, and nothing where it knows", async () => {
  const shallow: GitHistory = { ...history, isAncestor: async () => null };
  const artifacts = [await scene.artifact("orders", "new")];
  const events: RunEvent[] = [];
  for (const input of [{ history: shallow, artifacts }, { history: shallow, artifacts }, {}])
    await planned("second", [{ by: "first" }], { input, events });
  expect(events).toEqual([
    { type: "notice", message: expect.stringMatching(/does not tell.*fetch-depth: 0/) },
  ]);
});

describe("without records", () => {
  const describedBy = (name: Name): string =>
    `1.4.0 · ${commits[name].slice(0, 12)} · ${manifestOf("orders", "live").digest}`;

  it("the alias tells the commit", async () => {
    const description = describedBy("second");
    const change = await planned("first", [], { description });
    expect(change).toMatchObject({ action: "refuse", error: { code: "SLUICE_DOWNGRADE" } });
    expect(change.apiCalls).toEqual({ GetFunction: 2, GetAlias: 1 });
    for (const ours of ["second", "third", "beside"] as const)
      expect((await planned(ours, [], { description })).action).toBe("update");
    const environment = { allowDowngrade: true };
    expect((await planned("first", [], { description, environment })).action).toBe("update");
    const unchanged = await planned("first", [], { description, live: "new" });
    expect([unchanged.action, unchanged.apiCalls]).toEqual(["none", { GetFunction: 1 }]);
  });

  it("it tells nothing of other code than it was written for", async () => {
    const change = await planned("first", [], { description: describedBy("second"), live: "by hand" });
    expect(change.action).toBe("update");
  });

  it("a clone that does not reach its commit lets the change through, and tells", async () => {
    const unknown: GitHistory = { ...history, isAncestor: async () => null };
    const events: RunEvent[] = [];
    const input = { history: unknown };
    const change = await planned("first", [], { description: describedBy("second"), input, events });
    expect(change.action).toBe("update");
    expect(events).toEqual([{ type: "notice", message: expect.stringContaining("fetch-depth: 0") }]);
  });
});

describe("without a lease", () => {
  it("the alias is read though a record tells of it: by its RevisionId its move is guarded", async () => {
    const { digest, codeSha256 } = manifestOf("orders", "live");
    const records = [{ by: "first", digest, codeSha256 }] as const;
    const change = await planned("second", records, { environment: { lease: false } });
    expect([change.action, change.apiCalls]).toEqual(["update", { GetFunction: 2, GetAlias: 1 }]);
    expect(change.state).toMatchObject({ alias: { version: "1", revisionId: expect.any(String) } });
  });
});

describe("a lower package version", () => {
  const prod = { environment: { name: "prod" } };
  const record = { by: "second", environment: "prod", packageVersion: "1.4.0" } as const;
  const withVersion = (packageVersion: string | null) => ({ ...prod, input: { packageVersion } });

  it("is refused in production", async () => {
    const change = await planned("third", [record], withVersion("1.3.9"));
    expect(change).toMatchObject({ action: "refuse", error: { code: "SLUICE_DOWNGRADE_VERSION" } });
    expect((await planned("third", [record], withVersion("1.4.0-rc.1"))).action).toBe("refuse");
    for (const version of ["1.4.0", "1.4.1", "not a version"])
      expect((await planned("third", [record], withVersion(version))).action).toBe("update");
  });

  it("is nobody's business elsewhere", async () => {
    const change = await planned("third", [{ by: "second" }], { input: { packageVersion: "1.0.0" } });
    expect(change.action).toBe("update");
  });
});

describe("isProduction", () => {
  it("goes by name, or by what main or master maps to", () => {
    const { config, environment } = scene.input([]);
    const rule = (pattern: string, name: string) => ({
      pattern,
      environment: name,
      matchPackageVersion: false,
    });
    const of = (name: string, branches: ReturnType<typeof rule>[]): boolean =>
      isProduction({ config: { ...config, branches }, environment: { ...environment, name } });
    expect(of("prod", [])).toBe(true);
    expect(of("live", [rule("main", "live")])).toBe(true);
    expect(of("live", [rule("trunk", "live"), rule("master", "other")])).toBe(false);
  });
});
