import { GITFLOW, type GitRef, type ResolvedBranchRule } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { mapRef } from "./map-branch.ts";

const REF: GitRef = {
  branch: "develop",
  tag: null,
  commit: "0".repeat(40),
  dirty: false,
  pullRequest: null,
  source: "git",
};
const FACTS = { packageVersion: "1.4.0", environments: ["dev", "staging", "prod"] };

function rule(pattern: string, environment: string | null, matchPackageVersion = false): ResolvedBranchRule {
  return { pattern, environment, matchPackageVersion };
}

function map(ref: Partial<GitRef>, rules: readonly ResolvedBranchRule[] = GITFLOW) {
  return mapRef({ ...REF, ...ref }, rules, FACTS);
}

describe("gitflow", () => {
  it.each([
    ["develop", "dev", "develop"],
    ["release/1.4.0", "staging", "release/*"],
    ["release/2026/q4", "staging", "release/*"],
    ["hotfix/1.4.1", "staging", "hotfix/*"],
    ["hotfix/team/x", "staging", "hotfix/*"],
    ["main", "prod", "main"],
    ["master", "prod", "master"],
    ["feature/x", null, null],
    ["support/1.x", null, null],
    ["release", null, null],
    ["releases/1.4.0", null, null],
    ["my/release/1.4.0", null, null],
    ["Develop", null, null],
    ["develop2", null, null],
    ["refs/heads/main", null, null],
    ["origin/main", null, null],
    ["main\n", null, null],
  ])("maps %j to %s", (branch, environment, decided) => {
    expect(map({ branch })).toMatchObject({ environment, rule: decided, refusal: null });
  });

  it("says why", () => {
    expect(map({}).reason).toBe('Branch develop maps to dev by the rule "develop".');
    expect(map({ branch: "feature/x" }).reason).toBe(
      "Branch feature/x matches no rule, so it deploys nowhere.",
    );
    expect(map({ branch: "x\u202ey" }).reason).toContain('Branch "x\\u{202e}y" matches');
  });
});

describe("own patterns", () => {
  it("take the first that matches, exact or not", () => {
    const rules = [rule("hotfix/*", "staging"), rule("hotfix/urgent", "prod"), rule("*", "dev")];
    expect(map({ branch: "hotfix/urgent" }, rules)).toMatchObject({ environment: "staging" });
    expect(map({ branch: "feature/a/b" }, rules)).toMatchObject({ environment: "dev", rule: "*" });
  });

  it.each([
    ["support/*", "support/1.x/fix", true],
    ["support/+([0-9]).x", "support/12.x", true],
    ["{trunk,main}", "trunk", true],
    ["team-?", "team-a", true],
    ["team-?", "team-ab", false],
    ["release/[0-9]*", "release/next", false],
    ["!main", "main", false],
    ["*/ready", "a/b/ready", true],
    ["fix(1)", "fix(1)", true],
    ["feature/😀", "feature/😀", true],
    ["*", `feature/${"x".repeat(300)}`, true],
  ])("%s and %s: %s", (pattern, branch, matches) => {
    expect(map({ branch }, [rule(pattern, "dev")]).environment).toBe(matches ? "dev" : null);
  });

  it("may say that a branch deploys nowhere", () => {
    const mapped = map({ branch: "develop" }, [rule("dev*", null), rule("develop", "dev")]);
    expect(mapped).toMatchObject({ environment: null, rule: "dev*" });
    expect(mapped.reason).toContain("deploys nowhere by the rule");
  });

  it("skip an environment that is not configured, and name it", () => {
    const mapped = map({}, [rule("develop", "sandbox")]);
    expect(mapped).toMatchObject({ environment: null, rule: "develop" });
    expect(mapped.reason).toContain("no environment sandbox is configured (there is: dev, staging, prod)");
  });

  it.each(["", "  ", "refs/tags/"])("%j is refused", (pattern) => {
    expect(() => map({ tag: null }, [rule(pattern, "dev")])).toThrow(
      expect.objectContaining({ code: "SLUICE_BRANCH_PATTERN_INVALID" }),
    );
  });
});

describe("what is no branch", () => {
  it("maps a tag nowhere, whatever it looks like", () => {
    const mapped = map({ branch: null, tag: "main" }, [...GITFLOW, rule("*", "dev")]);
    expect(mapped).toMatchObject({ environment: null, rule: null });
    expect(mapped.reason).toContain("Tag main deploys nowhere");
  });

  it("maps a tag by a rule for tags, and no branch by it", () => {
    const rules = [rule("refs/tags/v*", "prod")];
    expect(map({ branch: null, tag: "v1.4.0" }, rules)).toMatchObject({ environment: "prod" });
    expect(map({ branch: "refs/tags/v1.4.0" }, rules)).toMatchObject({ environment: null });
    expect(map({ branch: "v1.4.0" }, rules)).toMatchObject({ environment: null });
  });

  it("maps a pull request nowhere, and says so", () => {
    const mapped = map({ branch: "develop", pullRequest: { id: "7", target: "main" } });
    expect(mapped).toMatchObject({ environment: null, rule: null });
    expect(mapped.reason).toBe("Pull request 7 into main deploys nowhere: it deploys when it is merged.");
  });

  it("maps a detached HEAD and no repository nowhere, each for its reason", () => {
    expect(map({ branch: null }).reason).toContain("HEAD is detached");
    expect(map({ branch: null, commit: null, dirty: null }).reason).toContain("no git repository");
  });
});

describe("matchPackageVersion", () => {
  const rules = [
    rule("release/*", "staging", true),
    rule("refs/tags/*", "prod", true),
    rule("main", "prod", true),
  ];
  const versioned = (name: Partial<GitRef>, packageVersion: string | null) =>
    mapRef({ ...REF, branch: null, ...name }, rules, { ...FACTS, packageVersion });

  it.each([
    ["release/1.4.0", "1.4.0"],
    ["release/v1.4.0", "1.4.0"],
    ["release/1.4.0", "1.4.0+build.7"],
    ["release/1.4.0-rc.1", "1.4.0-rc.1"],
  ])("%s takes %s", (branch, version) => {
    expect(versioned({ branch }, version)).toMatchObject({ environment: "staging", refusal: null });
  });

  it.each(["v1.4.0", "1.4.0", "orders@1.4.0", "@acme/orders@1.4.0"])("tag %s takes 1.4.0", (tag) => {
    expect(versioned({ tag }, "1.4.0")).toMatchObject({ environment: "prod", refusal: null });
  });

  it.each([
    ["release/1.4.0", "1.3.0", "it is 1.4.0, and package.json has 1.3.0"],
    ["release/1.4.0", "1.4.0-rc.1", "it is 1.4.0, and package.json has 1.4.0-rc.1"],
    ["release/1.4.0", null, "package.json has no version"],
    ["release/1.4.0", "latest", 'package.json has "latest", which is no semver version'],
    ["release/1.4", "1.4.0", "that part of its name is no semver version"],
    ["release/team/1.4.0", "1.4.0", "that part of its name is no semver version"],
    ["main", "1.4.0", "its name has no part after a slash"],
  ])("%s refuses %s", (branch, version, why) => {
    const { environment, refusal, reason } = versioned({ branch }, version);
    expect(environment).not.toBeNull();
    expect(refusal).toMatchObject({ code: "SLUICE_RELEASE_VERSION_MISMATCH", kind: "refusal" });
    expect(refusal?.message).toContain(why);
    expect(reason).toContain(why);
  });
});

it("is pure: frozen input, the same answer again", () => {
  const rules = Object.freeze(GITFLOW.map((each) => Object.freeze({ ...each })));
  const facts = Object.freeze({ ...FACTS, environments: Object.freeze([...FACTS.environments]) });
  for (const branch of ["develop", "release/1.4.0", "feature/x", null]) {
    const ref = Object.freeze({ ...REF, branch });
    expect(mapRef(ref, rules, facts)).toEqual(mapRef({ ...ref }, [...rules], { ...facts }));
  }
});
