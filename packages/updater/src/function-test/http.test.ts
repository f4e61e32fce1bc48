import type { Aws } from "@sluice/aws";
import type { ResolvedTest, TargetReport } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeLambda, fakeFunction, fakeLambda, withAlias } from "../testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

type Ask = Aws["requestFunctionUrl"];
type Asked = [...Parameters<Ask>];

const URLS = new Map([
  ["$LATEST", "https://latest.lambda-url.eu-west-1.on.aws/"],
  ["candidate", "https://candidate.lambda-url.eu-west-1.on.aws/"],
]);

function provisioned(...aliases: string[]): FakeLambda {
  const made = fakeFunction("orders", "old");
  for (const alias of ["live", ...aliases]) withAlias(made, alias);
  return fakeLambda(Object.assign(made, { urls: new Map(URLS) }));
}

const http = (more: object = {}): ResolvedTest => ({
  kind: "http",
  path: "/health?deep=1",
  method: "GET",
  headers: {},
  alias: null,
  expect: { statuses: [], headers: {} },
  timeoutSeconds: 5,
  ...more,
});

const answered = (
  status: number,
  body = "",
  headers: Record<string, string> = {},
): Awaited<ReturnType<Ask>> => ({
  status,
  headers,
  body: new TextEncoder().encode(body),
});

async function run(fake: FakeLambda, test: ResolvedTest, ask: (...given: Asked) => unknown) {
  const asked: Asked[] = [];
  const requestFunctionUrl: Ask = async (...given) => {
    asked.push(given);
    const answer = ask(...given);
    if (answer instanceof Error) throw answer;
    return answer as Awaited<ReturnType<Ask>>;
  };
  const strategy = updateExisting(
    {},
    {
      openAws: (_context, scope) => ({ scope, lambda: fake.api, requestFunctionUrl }) as Aws,
      resolveRegions: async (_context, environment) => environment.regions,
    },
  );
  const input = scene.input([await scene.artifact("orders", "new")], { alias: "live", tests: [test] });
  const [row] = (await deploy(strategy, input, clockedContext(scene.folder))).rows;
  return { row: row as TargetReport, asked };
}

const aliasOf = (fake: FakeLambda, name: string): string | undefined =>
  fake.functions.get("orders")?.aliases.get(name)?.version;

describe("a request to a function URL", () => {
  it("does not show what the request proves itself with, though the function sends it back", async () => {
    const headers = { authorization: "Basic dXNlcg==", "x-api-key": "key-of-ours", accept: "text/plain" };
    const asks = http({ headers, path: "/health?token=of-the-query&deep=1" });
    const { row } = await run(provisioned(), asks, (_url, request) =>
      answered(500, JSON.stringify({ ...request.headers, path: request.path, only: "dXNlcg==" })),
    );
    expect(row.error?.message).toContain("[redacted]");
    expect(row.error?.message).toContain("text/plain");
    for (const secret of ["dXNlcg==", "key-of-ours", "of-the-query"])
      expect(row.error?.message).not.toContain(secret);
  });

  it("goes to that of $LATEST, and lets through what answers well", async () => {
    const fake = provisioned();
    const { row, asked } = await run(fake, http(), () => answered(204));
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(asked[0]?.[0]).toBe(URLS.get("$LATEST"));
    expect(asked[0]?.[1]).toMatchObject({
      method: "GET",
      path: "/health?deep=1",
      body: null,
      authType: "NONE",
    });
  });

  it("goes to that of an alias for tests, which is pointed at the version first", async () => {
    const fake = provisioned("candidate");
    const { row, asked } = await run(fake, http({ alias: "candidate" }), () => {
      expect([aliasOf(fake, "candidate"), aliasOf(fake, "live")]).toEqual(["2", "1"]);
      return answered(500, "no");
    });
    expect(asked[0]?.[0]).toBe(URLS.get("candidate"));
    expect(row).toMatchObject({ outcome: "failed", version: "1", rejectedVersion: "2" });
    expect(row.error?.message).toContain(
      "GET /health?deep=1 answered 500 instead of 200 to 299.\n  body  no",
    );
    expect(aliasOf(fake, "live")).toBe("1");
  });

  it("sends texts as they are and values as JSON", async () => {
    for (const [body, sent, type] of [
      ["plain", "plain", undefined],
      [{ a: 1 }, '{"a":1}', "application/json"],
    ] as const) {
      const { asked } = await run(provisioned(), http({ method: "POST", body }), () => answered(200));
      const [, request] = asked[0] ?? [];
      expect(new TextDecoder().decode(request?.body ?? undefined)).toBe(sent);
      expect(request?.headers["content-type"]).toBe(type);
    }
  });

  const json = answered(201, '{"ok":true,"items":[1]}', {
    "content-type": "application/json; charset=utf-8",
  });
  it.each([
    [{ statuses: [200, 201], headers: { "Content-Type": "application/JSON" }, body: { ok: true } }, null],
    [{ statuses: [], headers: {}, body: '"ok":true' }, null],
    [{ statuses: [200], headers: {} }, "answered 201 instead of 200"],
    [{ statuses: [], headers: { "x-version": "2" } }, "answered with another header x-version"],
    [{ statuses: [], headers: {}, body: "not in it" }, "without the text"],
    [{ statuses: [], headers: {}, body: { items: [2] } }, "not what is expected at $.items[0]"],
  ])("is compared with %j", async (wanted, why) => {
    const { row } = await run(provisioned(), http({ expect: wanted }), () => json);
    if (why === null) expect(row.outcome).toBe("updated");
    else
      expect([row.error?.code, row.error?.message]).toEqual([
        "SLUICE_TEST_FAILED",
        expect.stringContaining(why),
      ]);
  });

  it("is sent again while nobody is there, and never after an answer", async () => {
    let failures = 2;
    const absent = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    const found = await run(provisioned(), http({ method: "POST" }), () =>
      failures-- > 0 ? absent : answered(200),
    );
    expect([found.row.outcome, found.asked.length]).toEqual(["updated", 3]);
    const never = await run(provisioned(), http(), () => absent);
    expect([never.row.error?.code, never.row.version]).toEqual(["SLUICE_TEST_NOT_RUN", "1"]);
    const wrong = await run(provisioned(), http(), () => answered(503));
    expect([wrong.row.error?.code, wrong.asked.length]).toEqual(["SLUICE_TEST_FAILED", 1]);
    const broken = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    const once = await run(provisioned(), http({ method: "POST" }), () => broken);
    expect([once.row.error?.code, once.asked.length]).toEqual(["SLUICE_TEST_NOT_RUN", 1]);
  });

  it.each([
    ["has no alias candidate", http({ alias: "candidate" }), []],
    ["alias staging has no function URL", http({ alias: "staging" }), ["staging"]],
  ])("cannot be sent: %s", async (why, test, aliases) => {
    const { row, asked } = await run(provisioned(...aliases), test, () => answered(200));
    expect([row.error?.code, row.error?.message]).toEqual([
      "SLUICE_TEST_NOT_RUN",
      expect.stringContaining(why),
    ]);
    expect(asked).toEqual([]);
  });

  it("says nothing about a version that others took the place of meanwhile", async () => {
    const fake = provisioned("candidate");
    const moved = await run(fake, http({ alias: "candidate" }), () => {
      const alias = fake.functions.get("orders")?.aliases.get("candidate");
      if (alias !== undefined) alias.version = "1";
      return answered(200);
    });
    expect([moved.row.outcome, aliasOf(fake, "live")]).toEqual(["conflict", "1"]);
    const other = provisioned();
    const updated = await run(other, http(), () => {
      const made = other.functions.get("orders");
      if (made !== undefined) made.latest = { ...made.latest, CodeSha256: "theirs" };
      return answered(200);
    });
    expect([updated.row.outcome, aliasOf(other, "live")]).toEqual(["conflict", "1"]);
  });
});
