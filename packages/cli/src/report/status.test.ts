import type { EnvironmentStatus, FunctionStatus } from "@sluice/updater";
import { describe, expect, it } from "vitest";
import { createColors } from "../terminal/colors.ts";
import { formatAge } from "./age.ts";
import { statusDocument } from "./status-document.ts";
import { formatStatusPage } from "./status-html.ts";
import { formatStatus } from "./status-table.ts";

const NOW = Date.parse("2026-11-21T12:00:00.000Z");
const PLAIN = createColors({ isTerminal: false, noColor: true, env: {} });
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

function functionOf(name: string, overrides: Partial<FunctionStatus> = {}): FunctionStatus {
  return {
    function: name,
    target: `${name}-dev`,
    account: "111111111111",
    region: "eu-west-1",
    version: "7",
    alias: "live",
    digest: `sha256:${"ab".repeat(32)}`,
    codeSha256: "q6ur",
    commit: COMMIT,
    packageVersion: "1.4.0",
    deployedAt: "2026-11-21T09:00:00.000Z",
    who: { identity: null, user: "ada", job: null },
    drift: "none",
    reason: "",
    expected: null,
    latestDigest: null,
    weights: {},
    rollout: null,
    rejectedVersion: null,
    failure: null,
    error: null,
    apiCalls: { GetFunction: 2 },
    ...overrides,
  };
}

const nothing = { version: null, alias: null, digest: null, codeSha256: null, who: null } as const;
const unknown = { commit: null, packageVersion: null, deployedAt: null } as const;

const drifted = functionOf("write", {
  ...unknown,
  drift: "code",
  deployedAt: "2026-11-21T11:55:00.000Z",
  reason: "this code was not deployed by Sluice: it was changed by hand or by another tool",
  expected: {
    digest: `sha256:${"cd".repeat(32)}`,
    version: "6",
    commit: COMMIT,
    deployedAt: "2026-11-18T12:00:00.000Z",
  },
});
const absent = functionOf("report", {
  ...nothing,
  ...unknown,
  drift: "absent",
  reason: "the function does not exist",
});

function environmentOf(name: string, ...functions: readonly FunctionStatus[]): EnvironmentStatus {
  return { name, functions, lease: null, errors: [] };
}

const denied = {
  code: "SLUICE_AWS_DENIED",
  kind: "target",
  message: "GetFunction of users-dev in eu-west-1 was denied.",
  hint: "Allow lambda:GetFunction.",
} as const;

describe("the table", () => {
  it("shows an environment in 80 columns, and explains what is not as deployed", () => {
    const text = formatStatus([environmentOf("dev", functionOf("read"), drifted, absent)], NOW, PLAIN);
    expect(text).toBe(`dev  111111111111 · eu-west-1
  ✓ read-dev    7  live  1.4.0  01234567  3 h ago
  ✗ write-dev   7  live                   5 min ago  other code
    this code was not deployed by Sluice: it was changed by hand or by another
    tool
    deployed last: version 6 from commit 0123456789ab, 3 d ago
  - report-dev                                       absent

3 functions in 1 environment: 1 as deployed, 1 other code, 1 absent`);
  });

  it("keeps to 80 columns with long names, by account and region where there are several", () => {
    const long = { target: "a-very-long-name-of-a-function-that-has-sixty-four-characters-ok" };
    const environment = environmentOf(
      "prod",
      functionOf("one", long),
      functionOf("two", { ...long, region: "us-east-1", drift: "unknown-origin", ...unknown, reason: "x" }),
    );
    const lines = formatStatus([environment], NOW, PLAIN).split("\n");
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    expect(lines).toContain("  111111111111 · us-east-1");
    expect(lines.join("\n")).toContain("…");
  });

  it("marks what Lambda cannot run, though its code is what was deployed", () => {
    const failure = "Lambda cannot run it: no such subnet";
    const environment = {
      name: "dev",
      functions: [functionOf("orders", { failure })],
      lease: null,
      errors: [],
    };
    const text = formatStatus([environment], NOW, PLAIN);
    expect(text).toContain("✗ orders-dev");
    expect(text).toContain(failure);
  });

  it("shows rollouts, weights, rejected versions, a lease, and why something could not be read", () => {
    const dev = {
      ...environmentOf(
        "dev",
        functionOf("a", { rollout: { version: "8", percent: 10 }, weights: { "8": 0.1 } }),
        functionOf("b", { weights: { "8": 0.25 } }),
        functionOf("c", { rejectedVersion: "8" }),
        functionOf("users", { ...nothing, ...unknown, drift: null, error: denied }),
      ),
      lease: { holder: "ada: deploy", since: "2026-11-21T11:58:00.000Z", until: "2026-11-21T12:01:00.000Z" },
    };
    const prod = { ...environmentOf("prod"), errors: [{ ...denied, code: "SLUICE_ROLE_DENIED" as const }] };
    const text = formatStatus([dev, prod], NOW, PLAIN);
    expect(text).toContain("a rollout is under way: version 8 gets 10 % of its calls");
    expect(text).toContain("25 % of its calls go to version 8");
    expect(text).toContain("version 8 was rejected, and is not live");
    expect(text).toContain("held by ada: deploy, begun 2 min ago");
    expect(text).toMatch(
      /users-dev +not read\n {4}GetFunction of users-dev .*denied\.\n {4}SLUICE_AWS_DENIED/,
    );
    expect(text).toMatch(/prod\n✗ .*\n {2}SLUICE_ROLE_DENIED/);
    expect(text).toContain(
      "4 functions in 2 environments: 3 as deployed, 1 not read, 1 environment with errors",
    );
  });
});

it.each([
  ["2026-11-21T11:59:30.000Z", "just now"],
  ["2026-11-21T12:00:09.000Z", "just now"],
  ["2026-11-21T11:01:00.000Z", "59 min ago"],
  ["2026-11-20T12:00:01.000Z", "23 h ago"],
  ["2026-11-20T12:00:00.000Z", "1 d ago"],
  ["2024-11-01T12:00:00.000Z", "2 y ago"],
  ["no time", ""],
  [null, ""],
])("tells the age of %s: %s", (at, age) => {
  expect(formatAge(at, NOW)).toBe(age);
});

it("has in JSON what scripts rely on", () => {
  const [environment] = (
    JSON.parse(JSON.stringify(statusDocument([environmentOf("dev", drifted)], NOW))) as {
      environments: { name: string; functions: Record<string, unknown>[] }[];
    }
  ).environments;
  expect(environment).toMatchObject({ name: "dev" });
  expect(environment?.functions[0]).toMatchObject({
    function: "write",
    target: "write-dev",
    region: "eu-west-1",
    version: "7",
    alias: "live",
    digest: `sha256:${"ab".repeat(32)}`,
    commit: null,
    packageVersion: null,
    deployedAt: "2026-11-21T11:55:00.000Z",
    drift: "code",
  });
});

describe("the page", () => {
  const page = formatStatusPage(
    [environmentOf("dev", functionOf("read"), drifted), environmentOf("prod")],
    NOW,
  );

  it("has functions × environments, drift in words, and loads nothing", () => {
    expect(page).toContain('<th scope="row" role="rowheader">write</th>');
    expect(page).toContain('<span class="state">other code</span>');
    expect(page.match(/data-environment="prod"/g)).toHaveLength(2);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
  });

  it("shows what was named with markup as text", () => {
    const evil = `"><img src=x onerror=alert(1)>'&`;
    const environment: EnvironmentStatus = {
      name: evil,
      functions: [
        functionOf(evil, {
          target: evil,
          alias: evil,
          packageVersion: evil,
          commit: evil,
          reason: evil,
          drift: "code",
          who: { identity: null, user: evil, job: null },
          error: { ...denied, message: evil, hint: evil },
        }),
      ],
      lease: { holder: evil, since: "2026-11-21T11:58:00.000Z", until: "2026-11-21T12:01:00.000Z" },
      errors: [{ ...denied, message: evil, hint: evil }],
    };
    const text = formatStatusPage([environment], NOW);
    expect(text).not.toContain("<img");
    expect(text).not.toContain('""');
    expect(text).toContain("&quot;&gt;&lt;img");
  });
});
