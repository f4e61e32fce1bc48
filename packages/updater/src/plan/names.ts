import type { ResolvedEnvironment, Target } from "@sluice/core";
import { branchMissing, nameElsewhere, nameInvalid, nameQualified, placeholderUnknown } from "../errors.ts";

const LONGEST = 64;

/**
 * Makes a branch name safe for function names: whatever is not a letter, a digit, `-` or `_` becomes one hyphen
 * (`feature/ä b` → `feature-b`), at most 64 characters. Predictable, so that the provisioning tool can do the same;
 * not unique.
 */
export function branchSlug(branch: string): string {
  return trimHyphens(trimHyphens(branch.replace(/[^A-Za-z0-9_-]+/g, "-")).slice(0, LONGEST));
}

const trimHyphens = (text: string): string => text.replace(/^-+|-+$/g, "");

/**
 * Fills an environment's name template for a function of the configuration: its name in AWS, or its ARN.
 *
 * @param branch - short name, `null` when the run is on none
 * @throws SLUICE_NAME_PLACEHOLDER_UNKNOWN, SLUICE_NAME_BRANCH_MISSING, SLUICE_TARGET_NAME_INVALID
 */
export function targetName(
  environment: Pick<ResolvedEnvironment, "name" | "nameTemplate">,
  functionName: string,
  branch: string | null,
): string {
  const template = environment.nameTemplate;
  const where = placeOf(environment);
  const name = template.replace(/\{([^{}]*)\}/g, (_, placeholder: string) => {
    if (placeholder === "function") return functionName;
    if (placeholder === "environment") return environment.name;
    if (placeholder !== "branch") throw placeholderUnknown(placeholder, template, where);
    const slug = branch === null ? "" : branchSlug(branch);
    if (slug === "") throw branchMissing(template, where);
    return slug;
  });
  checkName(name, where);
  return name;
}

/** Where the configuration has an environment's name template. */
export function placeOf({ name }: Pick<ResolvedEnvironment, "name">): string {
  return `environments.${name}.name`;
}

const ARN = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}):function:([A-Za-z0-9_-]{1,64})(:.+)?$/;

/**
 * The rules of Lambda's FunctionName, of which Sluice takes the two forms that mean one function: name and whole ARN.
 * Source: the API reference, CreateFunction and GetFunction.
 */
function checkName(name: string, where: string): void {
  if (name.includes(":")) {
    const qualifier = qualifierOf(name);
    if (qualifier !== null) throw nameQualified(name, qualifier, where);
    const why = notWholeArn(name);
    if (why !== null) throw nameInvalid(name, why, where);
    return;
  }
  if (name === "") throw nameInvalid(name, "it is empty", where);
  if (name.length > LONGEST)
    throw nameInvalid(name, `it has ${name.length} characters, ${LONGEST} are allowed`, where);
  const odd = /[^A-Za-z0-9_-]/u.exec(name);
  if (odd !== null) throw nameInvalid(name, `"${odd[0]}" is not allowed`, where);
}

/** `orders:live`, which Lambda takes in place of a name and a qualifier. */
const QUALIFIED = /^[A-Za-z0-9_-]{1,64}:(\$LATEST|[A-Za-z0-9_-]+)$/;

/** `function:orders`, `111111111111:function:orders` and the like, which Lambda completes by region and credentials. */
const PARTIAL =
  /^(?:arn:aws[a-z-]*:lambda:)?(?:[a-z]{2}(?:-[a-z]+)+-\d:)?(?:\d{12}:)?(?:function:)?[A-Za-z0-9_-]{1,64}$/;

/** The version or alias that a name with colons ends with; `null` without one, and for what is no name at all. */
function qualifierOf(name: string): string | null {
  const arn = ARN.exec(name);
  if (arn !== null) return arn[4]?.slice(1) ?? null;
  return isPartial(name) ? null : (QUALIFIED.exec(name)?.[1] ?? null);
}

const isPartial = (name: string): boolean =>
  /^(?:arn|function|\d{12}|[a-z]{2}(?:-[a-z]+)+-\d):/.test(name) && PARTIAL.test(name);

/** Why a name with colons is no function's ARN; `null` when it is one. */
function notWholeArn(name: string): string | null {
  if (ARN.test(name)) return null;
  return isPartial(name)
    ? "it is a part of an ARN, which Lambda would complete by the credentials at hand"
    : "it is neither a name nor a whole ARN of a function";
}

/**
 * Splits a name that may be an ARN, and checks that an ARN lies where the environment does.
 *
 * @throws SLUICE_TARGET_ELSEWHERE
 */
export function locate(
  target: Pick<Target, "target" | "region" | "account">,
  where: string,
): { readonly name: string; readonly account: string | null } {
  const arn = ARN.exec(target.target);
  if (arn === null) return { name: target.target, account: target.account };
  const [, region = "", account = "", name = ""] = arn;
  if (region !== target.region)
    throw nameElsewhere(target.target, `region ${target.region}`, "region", where);
  if (target.account !== null && account !== target.account) {
    throw nameElsewhere(target.target, `account ${target.account}`, "account", where);
  }
  return { name, account };
}
