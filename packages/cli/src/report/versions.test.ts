import type { FunctionVersions } from "@sluice/updater";
import { expect, it } from "vitest";
import { createColors } from "../terminal/colors.ts";
import { formatVersions } from "./versions-table.ts";

const NOW = Date.parse("2026-11-21T12:00:00.000Z");
const PLAIN = createColors({ isTerminal: false, noColor: true, env: {} });

type Listed = FunctionVersions["versions"][number];

const listed = (version: string, overrides: Partial<Listed> = {}): Listed => ({
  version,
  codeSha256: "q6ur",
  digest: `sha256:${"ab".repeat(32)}`,
  sizeBytes: 1_234_567,
  createdAt: "2026-11-20T12:00:00.000Z",
  description: "",
  aliases: [],
  outcome: null,
  commit: null,
  packageVersion: null,
  deployedAt: null,
  who: null,
  ...overrides,
});

const orders: FunctionVersions = {
  function: "orders",
  target: "orders-dev",
  account: "111111111111",
  region: "eu-west-1",
  alias: "live",
  absent: false,
  versions: [],
  prunedVersions: [],
  freedBytes: 0,
  stays: [],
  error: null,
  apiCalls: {},
};

it("shows versions with aliases, and leaves out columns that nothing is in", () => {
  const found = {
    ...orders,
    versions: [
      listed("10", { aliases: [{ name: "live", share: 0.1 }], outcome: "live" }),
      listed("9", { aliases: [{ name: "live", share: 0.9 }], sizeBytes: 900 }),
      listed("8", { outcome: "rejected" }),
    ],
  };
  expect(
    formatVersions([found], false, NOW, PLAIN),
  ).toBe(`orders-dev  111111111111 · eu-west-1  3 versions, 2.5 MB
  version  alias        size  published  digest
       10  live 10 %  1.2 MB  1 d ago    abababababab
        9  live 90 %   900 B  1 d ago    abababababab
        8             1.2 MB  1 d ago    abababababab  rejected`);
});

it("says what went or would go, what stays and why, and what failed", () => {
  const stays = [{ version: "2", why: "alias old names it" }];
  const found = { ...orders, prunedVersions: ["1", "3"], freedBytes: 2_400_000, stays };
  const dry = formatVersions([found], true, NOW, PLAIN);
  expect(dry).toContain("would be deleted: 1, 3, which frees 2.4 MB\n  2 stays: alias old names it");
  const error = {
    code: "SLUICE_AWS_DENIED",
    kind: "target",
    message: "DeleteFunction was denied.",
    hint: "Allow it.",
  } as const;
  const failed = formatVersions(
    [
      { ...found, error },
      { ...orders, absent: true },
    ],
    false,
    NOW,
    PLAIN,
  );
  expect(failed).toMatch(/ {2}deleted: 1, 3.*\n.*\n✗ DeleteFunction was denied\.\n {2}SLUICE_AWS_DENIED/);
  expect(failed).toMatch(/orders-dev .* absent$/);
});
