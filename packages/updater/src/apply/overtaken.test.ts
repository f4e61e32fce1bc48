import { openAws } from "@sluice/aws";
import type { Artifact } from "@sluice/core";
import { type Fault, type ProxiedCall, startProxy } from "@sluice/test-kit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulated, openEmulated, zipOf } from "../testing/emulated.ts";
import { deploy, openScene, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";

let scene: Scene;
let emulated: Emulated;

beforeAll(async () => {
  [scene, emulated] = await Promise.all([openScene(), openEmulated()]);
}, 180_000);
afterAll(async () => {
  await emulated.stop();
  await scene.dispose();
});

async function provisioned(name: string): Promise<{ readonly older: Artifact; readonly newer: Artifact }> {
  await emulated.createFunction(name, await zipOf("old"));
  await emulated.createAlias(name, "live");
  const [older, newer] = await Promise.all(
    ["older", "newer"].map(async (text) => scene.artifact(name, await zipOf(text))),
  );
  if (older === undefined || newer === undefined) throw new Error("no artifact");
  return { older, newer };
}

async function run(artifact: Artifact, endpoint = emulated.endpoint, store: string | null = null) {
  const context = emulated.context(scene.folder, { endpoint });
  // Else the alias would be asked once where nothing is recorded yet.
  const environment = { alias: "live", store, allowDowngrade: store !== null };
  const { rows } = await deploy(updateExisting(), scene.input([artifact], environment), context);
  return { row: rows[0], context };
}

const lambda = () =>
  openAws(emulated.context(scene.folder), { region: "eu-west-1", profile: null, role: null }).lambda;

async function aliasVersion(name: string): Promise<string | undefined> {
  return (await lambda().getAlias({ FunctionName: name, Name: "live" })).FunctionVersion;
}

/** Where a record tells which commit is live, the alias is not looked at without need, and its move not guarded. */
const STORE = "store";

/** Runs the older artifact by way of faults, and the newer one as soon as `when` holds. */
async function overtaking(
  name: string,
  when: (call: ProxiedCall) => boolean,
  fault: Fault,
  store: string | null = null,
) {
  const { older, newer } = await provisioned(name);
  let rival: ReturnType<typeof run> | undefined;
  const proxy = await startProxy(emulated.endpoint, {
    intercept: (call) => {
      if (!when(call) || rival !== undefined) return null;
      rival ??= run(newer, emulated.endpoint, store);
      return fault;
    },
  });
  const { row } = await run(older, proxy.endpoint, store).finally(() => proxy.stop());
  return { row, rival: (await rival)?.row, alias: await aliasVersion(name) };
}

const isMove = ({ operation }: ProxiedCall): boolean => operation === "UpdateAlias";

it("does not move an alias that another has moved while the move was on its way", async () => {
  const { row, rival, alias } = await overtaking("refused-move", isMove, { delayMs: 3_500 });
  expect(rival).toMatchObject({ outcome: "updated", version: "3" });
  expect([row, alias]).toMatchObject([
    { outcome: "conflict", version: "1", error: { code: "SLUICE_TARGET_CONFLICT" } },
    "3",
  ]);
}, 30_000);

it("says conflict when the move of the alias itself came late, and what to do", async () => {
  const { row, rival } = await overtaking("late-move", isMove, { delayMs: 3_500 }, STORE);
  expect(rival).toMatchObject({ outcome: "updated", version: "3" });
  expect(row).toMatchObject({
    outcome: "conflict",
    version: "2",
    error: { code: "SLUICE_TARGET_CONFLICT", hint: expect.stringContaining("rollback --to-version") },
    apiCalls: { UpdateAlias: 1, GetAlias: 1 },
  });
}, 30_000);

it("leaves the alias to who was under way at planning, and moved it since", async () => {
  const name = "between";
  const { older: late, newer: first } = await provisioned(name);
  const slow = await startProxy(emulated.endpoint, {
    intercept: ({ operation }) => (operation === "UpdateAlias" ? { delayMs: 2_500 } : null),
  });
  let rival: ReturnType<typeof run> | undefined;
  const proxy = await startProxy(emulated.endpoint, {
    intercept: ({ operation }) => {
      if (operation !== "UpdateAlias") return null;
      rival ??= run(late, slow.endpoint);
      return { delayMs: 700 };
    },
  });
  await run(first, proxy.endpoint).finally(() => proxy.stop());
  const row = (await rival?.finally(() => slow.stop()))?.row;
  expect(row).toMatchObject({ outcome: "conflict", error: { code: "SLUICE_TARGET_CONFLICT" } });
  expect(await aliasVersion(name)).toBe("2");
}, 30_000);

it.each([null, STORE])(
  "leaves the alias to the newer run when a poll took long, store: %s",
  async (store) => {
    const { row, rival, alias } = await overtaking(
      `late-poll-${store}`,
      ({ operation, url }) => operation === "GetFunction" && url.endsWith("Qualifier=2"),
      { delayMs: 3_500 },
      store,
    );
    expect(rival).toMatchObject({ outcome: "updated", version: "3" });
    expect([row?.outcome, alias]).toEqual(["conflict", "3"]);
  },
  30_000,
);

it.each([null, STORE])(
  "looks at the alias once when a call had to be sent again, store: %s",
  async (store) => {
    const { older } = await provisioned(`sent-again-${store}`);
    let broken = false;
    const proxy = await startProxy(emulated.endpoint, {
      intercept: ({ operation, url }) => {
        if (broken || operation !== "GetFunction" || !url.endsWith("Qualifier=2")) return null;
        broken = true;
        return { reset: "before" };
      },
    });
    const { row } = await run(older, proxy.endpoint, store).finally(() => proxy.stop());
    expect(row).toMatchObject({
      outcome: "updated",
      version: "2",
      apiCalls: { GetAlias: 1, UpdateAlias: 1 },
    });
  },
);

it("with records: says that weights of the alias still send calls elsewhere, and leaves them", async () => {
  const { older } = await provisioned("weighted");
  const { older: other } = await provisioned("weighted-too");
  await run(other, emulated.endpoint, STORE);
  const RoutingConfig = { AdditionalVersionWeights: { "1": 0.1 } };
  const weighted = { FunctionName: "weighted-too", Name: "live", FunctionVersion: "2", RoutingConfig };
  await lambda().updateAlias(weighted);
  const again = await scene.artifact("weighted-too", await zipOf("third"));
  const { row, context } = await run(again, emulated.endpoint, STORE);
  expect(row).toMatchObject({
    outcome: "updated",
    version: "3",
    reason: "alias live still sends 10 % of its calls to version 1",
  });
  const notices = context.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  expect(notices).toEqual([expect.stringContaining("10 % of its calls to version 1. These weights")]);
  const alias = await lambda().getAlias({ FunctionName: "weighted-too", Name: "live" });
  expect(alias.RoutingConfig).toEqual(RoutingConfig);
  expect((await run(older)).row?.reason).toBe("code changed");
});
