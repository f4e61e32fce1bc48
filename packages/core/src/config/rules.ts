import type { Problem } from "../problem.ts";
import { accountRules } from "./accounts.ts";
import { deliveryRules } from "./delivery-rules.ts";
import { configErrors } from "./errors.ts";
import { layerRules } from "./layer-rules.ts";
import { unknownPlaceholders } from "./placeholders.ts";
import type { ResolvedConfig, ResolvedEnvironment } from "./resolved-types.ts";
import type { Config } from "./types.ts";

export type Rule = (given: Config, resolved: ResolvedConfig, file: string) => Problem[];

/** What an environment's `name` may hold in braces. */
const NAME_PLACEHOLDERS: readonly string[] = ["function", "environment", "branch"];

const regionOrRegions: Rule = (given, _resolved, file) =>
  Object.entries(given.environments ?? {})
    .filter(([, environment]) => environment.region !== undefined && environment.regions !== undefined)
    .map(([name]) =>
      configErrors.rule(
        `${file}: environments.${name}`,
        "Both `region` and `regions` are given.",
        "Keep one: `region` for one, `regions` for several.",
      ),
    );

const templates: Rule = (_given, resolved, file) =>
  resolved.environments.flatMap(({ name, nameTemplate }) =>
    unknownPlaceholders(nameTemplate, NAME_PLACEHOLDERS, `${file}: environments.${name}.name`),
  );

const roleAccount: Rule = (_given, resolved, file) =>
  resolved.environments.flatMap(({ name, role, account }) => {
    const roleOwner = role?.split(":")[4];
    if (roleOwner === undefined || roleOwner === "{account}" || account === null || roleOwner === account)
      return [];
    return [
      configErrors.rule(
        `${file}: environments.${name}.role`,
        `The role is of account ${roleOwner}, but \`account\` is ${account}.`,
        "A deployment works in the account of the role that it assumes: make them the same.",
      ),
    ];
  });

const functionNames: Rule = (_given, resolved, file) => {
  const seen = new Map<string, string>();
  return resolved.functions.flatMap(({ name }) => {
    const twin = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    if (twin === undefined) return [];
    return [
      configErrors.rule(
        `${file}: functions.${name}`,
        `The functions ${twin} and ${name} differ only by case, so their artifacts would be one file on some machines.`,
        "Rename one of them.",
      ),
    ];
  });
};

const commandEntries: Rule = (given, _resolved, file) =>
  Object.entries(given.functions ?? {}).flatMap(([name, value]) => {
    if (typeof value === "string" || value.inputs === undefined || value.command !== undefined) return [];
    return [
      configErrors.rule(
        `${file}: functions.${name}.inputs`,
        "`inputs` says what `command` reads, but there is no `command`.",
        "Add `command`, or take `inputs` out.",
      ),
    ];
  });

/** What a Node.js runtime would be asked to load. */
const languages: Rule = (_given, resolved, file) =>
  resolved.functions
    .filter(({ entry, runtime }) => entry.endsWith(".py") && runtime.startsWith("nodejs"))
    .map(({ name, entry, runtime }) =>
      configErrors.rule(
        `${file}: functions.${name}.runtime`,
        `${entry} is a Python module, and the runtime is ${runtime}.`,
        "Correct one of the two: a Python runtime is written python3.13.",
      ),
    );

/** Name in AWS as far as the configuration alone decides it; `{branch}` differs by run. */
function staticName(environment: ResolvedEnvironment, functionName: string): string {
  return environment.nameTemplate
    .replaceAll("{function}", functionName)
    .replaceAll("{environment}", environment.name);
}

/** Whether two environments are certainly, or for all that is known, in one account. */
function mayShareAccount(a: ResolvedEnvironment, b: ResolvedEnvironment): boolean {
  const known = (environment: ResolvedEnvironment): readonly string[] =>
    environment.account === null ? environment.accounts : [environment.account];
  if (known(a).length > 0 && known(b).length > 0) return known(a).some((each) => known(b).includes(each));
  return a.profile === b.profile && a.role === b.role;
}

function shareRegion(a: ResolvedEnvironment, b: ResolvedEnvironment): boolean {
  if (a.regions.length === 0 || b.regions.length === 0) return true;
  return a.regions.some((region) => b.regions.includes(region));
}

const namesAcrossEnvironments: Rule = (_given, resolved, file) =>
  resolved.environments.flatMap((environment, index) =>
    resolved.environments.slice(0, index).flatMap((other) => {
      if (!mayShareAccount(environment, other) || !shareRegion(environment, other)) return [];
      const twin = resolved.functions.find(
        ({ name }) => staticName(environment, name) === staticName(other, name),
      );
      if (twin === undefined || environment.nameTemplate.includes("{branch}")) return [];
      return [
        configErrors.nameCollision(
          `${file}: environments.${environment.name}.name`,
          `The environments ${other.name} and ${environment.name} both call the function ${twin.name} \`${staticName(environment, twin.name)}\` in one account and region: a deployment to one would replace the other's code.`,
        ),
      ];
    }),
  );

const namesWithinEnvironment: Rule = (_given, resolved, file) =>
  resolved.environments
    .filter(
      (environment) => !environment.nameTemplate.includes("{function}") && resolved.functions.length > 1,
    )
    .map((environment) =>
      configErrors.nameCollision(
        `${file}: environments.${environment.name}.name`,
        `The template \`${environment.nameTemplate}\` gives all ${resolved.functions.length} functions one name in AWS.`,
      ),
    );

/** Rules over several keys, each on its own, all run. */
const RULES: readonly Rule[] = [
  regionOrRegions,
  templates,
  roleAccount,
  functionNames,
  commandEntries,
  languages,
  layerRules,
  ...deliveryRules,
  accountRules,
  namesWithinEnvironment,
  namesAcrossEnvironments,
];

export function checkRules(given: Config, resolved: ResolvedConfig, file: string): Problem[] {
  return RULES.flatMap((rule) => rule(given, resolved, file));
}
