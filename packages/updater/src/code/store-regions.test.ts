import { isSluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { checkStoreRegions, storeLocation } from "./store-regions.ts";

const place = { name: "dev", account: "111111111111", role: null };
const role = "arn:aws:iam::222222222222:role/deploy";

function locationOf(store: string | null, overrides: object = {}): string | null {
  try {
    return storeLocation({ ...place, store, ...overrides }, "eu-west-1");
  } catch (error) {
    return isSluiceError(error) ? error.message : `unexpected: ${error}`;
  }
}

it("fills in region and account", () => {
  expect(locationOf(null)).toBeNull();
  expect(locationOf("s3://bucket/team")).toBe("s3://bucket/team");
  expect(locationOf("s3://acme-{account}-{region}/team/{region}")).toBe(
    "s3://acme-111111111111-eu-west-1/team/eu-west-1",
  );
  expect(locationOf("kept/{account}", { account: null, role })).toBe("kept/222222222222");
});

it("refuses what stands for nothing, and an account that nobody names", () => {
  expect(locationOf("s3://bucket/{environment}")).toContain("{environment} stands for nothing");
  expect(locationOf("s3://bucket-{account}", { account: null })).toContain("neither an account nor a role");
});

it("takes a bucket for several regions only where each has its own", () => {
  const check = (store: string | null, ...regions: string[]) =>
    checkStoreRegions({ name: "dev", store }, regions);
  const regions = ["eu-west-1", "us-east-1"];
  expect(() => check("s3://bucket", ...regions)).toThrow(/a bucket, which is in one region/);
  for (const store of [null, "kept", "s3://bucket-{region}/team"]) check(store, ...regions);
  check("s3://bucket", "eu-west-1");
});
