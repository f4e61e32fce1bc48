import { tmpdir } from "node:os";
import { testContext } from "@sluice/test-kit";
import { createFixture } from "fs-fixture";
import { expect, it } from "vitest";
import { resolveRegions } from "./regions.ts";

async function resolve(
  env: Record<string, string>,
  environment: { regions?: string[]; profile?: string } = {},
  config = "",
): Promise<readonly string[]> {
  await using fixture = await createFixture({ config });
  const files = {
    AWS_CONFIG_FILE: fixture.getPath("config"),
    AWS_SHARED_CREDENTIALS_FILE: fixture.getPath("none"),
  };
  const context = testContext({ cwd: tmpdir(), env: { ...files, ...env } });
  const { regions = [], profile = null } = environment;
  return await resolveRegions(context, { name: "dev", regions, profile });
}

const CONFIG =
  "[default]\nregion = eu-north-1\n[profile dev]\nregion = eu-south-1\n[profile bare]\noutput = json\n";

it("takes the environment's own regions before anything else", async () => {
  expect(await resolve({ AWS_REGION: "us-east-1" }, { regions: ["eu-west-1", "eu-central-1"] })).toEqual([
    "eu-west-1",
    "eu-central-1",
  ]);
});

it("then AWS_REGION, then AWS_DEFAULT_REGION, then the profile's", async () => {
  expect(await resolve({ AWS_REGION: "a", AWS_DEFAULT_REGION: "b" }, { profile: "dev" }, CONFIG)).toEqual([
    "a",
  ]);
  expect(await resolve({ AWS_DEFAULT_REGION: "b" }, { profile: "dev" }, CONFIG)).toEqual(["b"]);
  expect(await resolve({ AWS_REGION: "" }, { profile: "dev" }, CONFIG)).toEqual(["eu-south-1"]);
  expect(await resolve({ AWS_PROFILE: "dev" }, {}, CONFIG)).toEqual(["eu-south-1"]);
  expect(await resolve({}, {}, CONFIG)).toEqual(["eu-north-1"]);
});

it("says so when there is none", async () => {
  await expect(resolve({})).rejects.toMatchObject({ code: "SLUICE_REGION_MISSING", exitCode: 2 });
  await expect(resolve({}, { profile: "bare" }, CONFIG)).rejects.toMatchObject({
    code: "SLUICE_REGION_MISSING",
  });
});

it("says so when the profile is unknown", async () => {
  await expect(resolve({}, { profile: "none" }, CONFIG)).rejects.toMatchObject({
    code: "SLUICE_PROFILE_UNKNOWN",
  });
});
