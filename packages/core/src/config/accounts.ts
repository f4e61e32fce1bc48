import type { Problem } from "../problem.ts";
import { configErrors } from "./errors.ts";
import type { ResolvedConfig, ResolvedEnvironment } from "./resolved-types.ts";
import type { Config } from "./types.ts";

const PLACEHOLDER = "{account}";

/** An environment in one of its accounts: account, profile and role are filled in; `accounts` stays. */
function inAccount(environment: ResolvedEnvironment, account: string | null): ResolvedEnvironment {
  const fill = (text: string | null): string | null =>
    text?.replaceAll(PLACEHOLDER, account ?? PLACEHOLDER) ?? null;
  const { profile, role } = environment;
  return { ...environment, account, profile: fill(profile), role: fill(role) };
}

/** An environment as one for each of its accounts; as one alone when it has one, or none is named. */
export function inAccounts(environment: ResolvedEnvironment): readonly ResolvedEnvironment[] {
  const { account, accounts } = environment;
  const isOne = accounts.length === 0 || account !== null;
  return isOne ? [inAccount(environment, account)] : accounts.map((each) => inAccount(environment, each));
}

/** Several accounts need credentials of each, and `{account}` an account. */
export function accountRules(given: Config, resolved: ResolvedConfig, file: string): Problem[] {
  return resolved.environments.flatMap(({ name, account, accounts, profile, role }) => {
    const where = `${file}: environments.${name}`;
    const isTemplate = [profile, role].some((text) => text?.includes(PLACEHOLDER));
    const own = given.environments?.[name];
    if (own?.account !== undefined && own.accounts !== undefined)
      return [
        configErrors.rule(
          where,
          "Both `account` and `accounts` are given.",
          "Keep one: `account` for one, `accounts` for several.",
        ),
      ];
    if (accounts.length > 0 && !isTemplate)
      return [
        configErrors.rule(
          `${where}.accounts`,
          `One set of credentials is of one account, and there are ${accounts.length}.`,
          'Name a role or profile of each, as role: "arn:aws:iam::{account}:role/deploy".',
        ),
      ];
    if (isTemplate && account === null && accounts.length === 0)
      return [
        configErrors.rule(
          where,
          "{account} stands for an account, and none is named.",
          "Add `account` or `accounts`.",
        ),
      ];
    return [];
  });
}
