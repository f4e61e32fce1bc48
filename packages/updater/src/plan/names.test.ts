import { isSluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { branchSlug, locate, targetName } from "./names.ts";

const name = (nameTemplate: string, branch: string | null = "develop"): string =>
  targetName({ name: "dev", nameTemplate }, "orders-api", branch);

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return isSluiceError(error) ? error.code : String(error);
  }
}

describe("targetName", () => {
  it("fills in function, environment and branch, each as often as it stands there", () => {
    expect(name("{function}")).toBe("orders-api");
    expect(name("{environment}-{function}-{branch}", "feature/login")).toBe("dev-orders-api-feature-login");
    expect(name("{branch}_{branch}", "a")).toBe("a_a");
  });

  it("does not read placeholders out of a branch's name", () => {
    expect(name("{function}-{branch}", "{function}")).toBe("orders-api-function");
  });

  it("takes a whole ARN", () => {
    const arn = "arn:aws:lambda:eu-west-1:111111111111:function:";
    expect(name(`${arn}{function}`)).toBe(`${arn}orders-api`);
    expect(name("arn:aws-us-gov:lambda:us-gov-west-1:111111111111:function:a")).toContain("us-gov");
  });

  it.each([
    ["{stage}-{function}", "SLUICE_NAME_PLACEHOLDER_UNKNOWN"],
    ["{}", "SLUICE_NAME_PLACEHOLDER_UNKNOWN"],
    ["{function", "SLUICE_TARGET_NAME_INVALID"],
    ["", "SLUICE_TARGET_NAME_INVALID"],
    ["orders api", "SLUICE_TARGET_NAME_INVALID"],
    ["orders/{function}", "SLUICE_TARGET_NAME_INVALID"],
    ["ordérs", "SLUICE_TARGET_NAME_INVALID"],
    ["a".repeat(65), "SLUICE_TARGET_NAME_INVALID"],
    ["{function}:live", "SLUICE_TARGET_NAME_INVALID"],
    ["111111111111:function:{function}", "SLUICE_TARGET_NAME_INVALID"],
    ["arn:aws:lambda:eu-west-1:111111111111:function:{function}:live", "SLUICE_TARGET_NAME_INVALID"],
    ["arn:aws:s3:::{function}", "SLUICE_TARGET_NAME_INVALID"],
  ])("refuses %j", (template, code) => {
    expect(codeOf(() => name(template))).toBe(code);
  });

  it("says where an alias belongs", () => {
    const hintOf = (template: string): string => {
      try {
        return name(template);
      } catch (error) {
        return isSluiceError(error) ? error.hint : String(error);
      }
    };
    expect(hintOf("{function}:live")).toContain('set alias: "live"');
    expect(hintOf("{function}:7")).toBe('Leave ":7" out of the name.');
  });

  it.each([
    ["{function}:live", '"live" names a version or alias'],
    ["{function}:7", '"7" names a version or alias'],
    ["{function}:$LATEST", '"$LATEST" names a version or alias'],
    ["arn:aws:lambda:eu-west-1:111111111111:function:{function}:7", '"7" names a version or alias'],
    ["function:{function}", "a part of an ARN"],
    ["111111111111:{function}", "a part of an ARN"],
    ["111111111111:function:{function}", "a part of an ARN"],
    ["eu-west-1:111111111111:function:{function}", "a part of an ARN"],
    ["arn:aws:lambda:function:{function}", "a part of an ARN"],
    ["arn:aws:s3:::{function}", "neither a name nor a whole ARN"],
    ["arn:aws:lambda:eu-west-1:111111111111:layer:{function}", "neither a name nor a whole ARN"],
  ])("says what is wrong with %s", (template, why) => {
    expect(() => name(template)).toThrow(why);
  });

  it("allows 64 characters", () => {
    expect(name("a".repeat(64))).toHaveLength(64);
  });

  it("wants a branch where the template does, and one that leaves something", () => {
    expect(codeOf(() => name("{branch}", null))).toBe("SLUICE_NAME_BRANCH_MISSING");
    expect(codeOf(() => name("{branch}", "äöü"))).toBe("SLUICE_NAME_BRANCH_MISSING");
    expect(name("{function}", null)).toBe("orders-api");
  });
});

describe("branchSlug", () => {
  it.each([
    ["release/1.4.0", "release-1-4-0"],
    ["feature/ä b", "feature-b"],
    ["--x--", "x"],
    ["under_score", "under_score"],
    ["a".repeat(300), "a".repeat(64)],
    [`${"a".repeat(63)}/b`, "a".repeat(63)],
    ["$(rm -rf /)", "rm--rf"],
  ])("%j → %j", (branch, slug) => {
    expect(branchSlug(branch)).toBe(slug);
  });
});

describe("locate", () => {
  const arn = "arn:aws:lambda:eu-west-1:111111111111:function:orders";
  const at = (region: string, account: string | null) => () => locate({ target: arn, region, account }, "x");

  it("takes name and account out of an ARN", () => {
    expect(at("eu-west-1", null)()).toEqual({ name: "orders", account: "111111111111" });
  });

  it("refuses another region and another account", () => {
    expect(codeOf(at("eu-central-1", null))).toBe("SLUICE_TARGET_ELSEWHERE");
    expect(codeOf(at("eu-west-1", "222222222222"))).toBe("SLUICE_TARGET_ELSEWHERE");
    expect(codeOf(at("eu-west-1", "111111111111"))).toBeNull();
  });
});
