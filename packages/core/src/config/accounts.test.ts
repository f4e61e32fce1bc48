import { expect, it } from "vitest";
import { inAccounts } from "./accounts.ts";
import { resolveConfig } from "./resolve.ts";
import type { Config, EnvironmentConfig } from "./types.ts";

const ROLE = "arn:aws:iam::{account}:role/deploy";

function resolve(environments: Readonly<Record<string, EnvironmentConfig>>) {
  const config: Config = { functions: { a: "a.ts" }, environments };
  return resolveConfig(config, { file: null, root: "/" });
}

const rolesOf = (environment: EnvironmentConfig) => {
  const { config, problems } = resolve({ dev: environment });
  expect(problems).toEqual([]);
  return config.environments
    .flatMap(inAccounts)
    .map(({ account, role, profile }) => [account, role ?? profile]);
};

it("gives an environment for each account, with its role or profile", () => {
  expect(rolesOf({ accounts: ["111111111111", "222222222222"], role: ROLE })).toEqual([
    ["111111111111", "arn:aws:iam::111111111111:role/deploy"],
    ["222222222222", "arn:aws:iam::222222222222:role/deploy"],
  ]);
  expect(rolesOf({ accounts: ["111111111111"], profile: "deploy-{account}" })).toEqual([
    ["111111111111", "deploy-111111111111"],
  ]);
  expect(rolesOf({ account: "333333333333" })).toEqual([["333333333333", null]]);
  expect(rolesOf({})).toEqual([[null, null]]);
});

it.each<[string, EnvironmentConfig]>([
  ["account and accounts", { account: "111111111111", accounts: ["111111111111"] }],
  ["several accounts with one role", { accounts: ["111111111111", "222222222222"] }],
  ["a role of an account that nobody names", { role: ROLE }],
])("refuses %s", (_what, dev) => {
  expect(resolve({ dev }).problems).toHaveLength(1);
});

it("sees that two environments have an account in common", () => {
  const accounts = ["111111111111", "222222222222"];
  const { problems } = resolve({ a: { accounts, role: ROLE }, b: { account: "222222222222" } });
  expect(problems).toMatchObject([{ code: "SLUICE_NAME_COLLISION" }]);
  expect(resolve({ a: { accounts, role: ROLE }, b: { account: "333333333333" } }).problems).toEqual([]);
});
