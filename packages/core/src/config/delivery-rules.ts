import type { Problem } from "../problem.ts";
import { configErrors } from "./errors.ts";
import { unknownPlaceholders } from "./placeholders.ts";
import type { ResolvedConfig, ResolvedEnvironment } from "./resolved-types.ts";
import type { Config } from "./types.ts";

type Rule = (given: Config, resolved: ResolvedConfig, file: string) => Problem[];

const entries: Rule = (given, _resolved, file) =>
  Object.entries(given.functions ?? {}).flatMap(([name, value]) => {
    if (typeof value === "string") return [];
    const where = `${file}: functions.${name}`;
    if (value.image === undefined && value.entry === undefined)
      return [
        configErrors.rule(
          where,
          "It has neither `entry` nor `image`.",
          "Name the module, folder or zip that it is made of.",
        ),
      ];
    if (value.image !== undefined && (value.entry !== undefined || value.command !== undefined))
      return [
        configErrors.rule(
          where,
          "It has an `image`, which is built elsewhere, and `entry` or `command` as well.",
          "Keep `image` for a function of package type Image, `entry` for a Zip.",
        ),
      ];
    return [];
  });

const aliases: Rule = (_given, resolved, file) =>
  resolved.environments.flatMap(({ name, alias, traffic, createAlias, tests }) => {
    const where = `${file}: environments.${name}`;
    const needs = [traffic !== null && "traffic", createAlias && "createAlias"].filter(
      (key) => key !== false,
    );
    if (alias === null)
      return needs.map((key) =>
        configErrors.rule(
          `${where}.${key}`,
          `\`${key}\` is about an alias, and there is none.`,
          "Add `alias`, the name of one.",
        ),
      );
    const own = [...tests, ...resolved.functions.flatMap((each) => each.tests)];
    if (!own.some((test) => test.kind === "http" && test.alias === alias)) return [];
    return [
      configErrors.rule(
        where,
        `A test asks the URL of the alias ${alias}, which is moved only after its tests have passed.`,
        "Give the test an alias of its own, such as candidate, or none: then it asks the URL of $LATEST.",
      ),
    ];
  });

/** The chain of promotions from an environment on; ends where it would come to one a second time. */
function chain(environment: ResolvedEnvironment, all: readonly ResolvedEnvironment[]): readonly string[] {
  const names = [environment.name];
  let from = environment.promoteFrom;
  while (from !== null) {
    names.push(from);
    if (names.indexOf(from) < names.length - 1) break;
    const last = from;
    from = all.find(({ name }) => name === last)?.promoteFrom ?? null;
  }
  return names;
}

const promotions: Rule = (_given, { environments }, file) =>
  environments.flatMap((environment) => {
    const { name, promoteFrom } = environment;
    if (promoteFrom === null) return [];
    const where = `${file}: environments.${name}.promoteFrom`;
    if (!environments.some((each) => each.name === promoteFrom))
      return [
        configErrors.rule(
          where,
          `There is no environment "${promoteFrom}".`,
          `The environments are ${environments.map((each) => each.name).join(", ")}.`,
        ),
      ];
    const names = chain(environment, environments);
    if (names.at(-1) !== name) return [];
    return [
      configErrors.rule(
        where,
        `It leads back to itself: ${names.join(" ← ")}.`,
        "Let one of them build instead.",
      ),
    ];
  });

/** What names of alarms, applications and groups may hold in braces. */
const TRAFFIC_PLACEHOLDERS: readonly string[] = ["function", "target", "environment"];

const trafficNames: Rule = (_given, { environments }, file) =>
  environments.flatMap(({ name, traffic }) => {
    const where = `${file}: environments.${name}.traffic`;
    const check = (template: string, key: string): Problem[] =>
      unknownPlaceholders(template, TRAFFIC_PLACEHOLDERS, `${where}.${key}`);
    if (traffic === null) return [];
    if (traffic.kind === "steps")
      return traffic.alarms.flatMap((alarm, index) => check(alarm, `alarms.${index}`));
    const { application, group } = traffic;
    return [...check(application, "codeDeploy.application"), ...check(group, "codeDeploy.group")];
  });

const keys: Rule = (_given, { environments }, file) =>
  environments.flatMap(({ name, kms, store, regions }) => {
    const where = `${file}: environments.${name}.kms`;
    const region = kms.code?.split(":")[3] ?? "";
    const elsewhere = kms.code === null ? [] : regions.filter((each) => each !== region);
    return [
      ...(elsewhere.length === 0
        ? []
        : [
            configErrors.rule(
              `${where}.code`,
              `The key is in ${region}, and the environment has functions in ${elsewhere.join(", ")}.`,
              "Lambda takes a key of the function's own region: give an environment to each region that has a key.",
            ),
          ]),
      ...(kms.store === null || /^s3:\/\//i.test(store ?? "")
        ? []
        : [
            configErrors.rule(
              `${where}.store`,
              store === null
                ? "There is no `store` to encrypt."
                : `The store ${store} is a folder, which KMS does not encrypt.`,
              'Give the environment a bucket, store: "s3://bucket/prefix", or take `kms.store` out.',
            ),
          ]),
    ];
  });

/** What concerns tests, traffic, promotion and images. */
export const deliveryRules: readonly Rule[] = [entries, aliases, promotions, trafficNames, keys];
