import { openAws } from "@sluice/aws";
import type { Artifact, BundleInput, ResolvedEnvironment, RunContext } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fits } from "../plan/fits.ts";
import { functionState } from "../plan/observed.ts";
import { type Emulated, openEmulated, zipOf } from "../testing/emulated.ts";
import { fakeFunction, fakeLambda, withAlias } from "../testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, type Scene, strategyOn } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";
import { imageRegion, imageUri } from "./image-uri.ts";
import { images } from "./images.ts";

const hex = (digit: string): string => digit.repeat(64);
const repository = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/orders";
const uri = (digit: string): string => `${repository}@sha256:${hex(digit)}`;

let scene: Scene;
let emulated: Emulated;
beforeAll(async () => {
  [scene, emulated] = await Promise.all([openScene(), openEmulated()]);
}, 180_000);
afterAll(async () => {
  await emulated.stop();
  await scene.dispose();
});

/** What the plugin gives for a function with an image. */
function artifactOf(name: string, entry: string, overrides: object = {}): Artifact {
  const fn = { name, source: "image", entry, architecture: "x86_64", architectureDeclared: false };
  const ref = { commit: "a".repeat(40), dirty: false };
  const input = { function: { ...fn, ...overrides }, ref, packageVersion: "1.4.0" };
  const made = images().bundle?.(input as unknown as BundleInput, {} as RunContext);
  return made as Artifact;
}

describe("images()", () => {
  it("gives an artifact without a zip, whose digest is the image's", () => {
    expect(artifactOf("orders", uri("a"))).toMatchObject({
      function: "orders",
      path: "",
      image: uri("a"),
      manifest: {
        digest: `sha256:${hex("a")}`,
        codeSha256: hex("a"),
        files: [],
        compatibleArchitectures: [],
        commit: "a".repeat(40),
      },
    });
  });

  it("leaves what is built to the bundlers, and takes no tag", () => {
    expect(artifactOf("orders", "src/orders.ts", { source: "module" })).toBeUndefined();
    expect(() => artifactOf("orders", `${repository}:latest`)).toThrow(/not named by its digest/);
  });

  it("is for one region, or for all where its registry is replicated", () => {
    expect(imageRegion(uri("a"))).toBe("eu-west-1");
    expect(imageRegion("localhost:5000/orders@sha256:x")).toBeNull();
    expect(imageUri("111111111111.dkr.ecr.{region}.amazonaws.com/o@x", "us-east-1")).toBe(
      "111111111111.dkr.ecr.us-east-1.amazonaws.com/o@x",
    );
  });
});

describe("fits", () => {
  const target = { function: "orders", target: "orders", region: "eu-west-1", account: null, alias: null };
  const state = (overrides: object = {}) =>
    functionState(fakeFunction("orders", "x", { PackageType: "Image", ...overrides }).latest);

  it.each<[string, object, object, string[]]>([
    ["an image function", {}, {}, []],
    ["a zip function", { PackageType: "Zip" }, {}, ["SLUICE_PACKAGE_TYPE_MISMATCH"]],
    ["an architecture that nobody declared", { Architectures: ["arm64"] }, {}, []],
    [
      "another architecture",
      { Architectures: ["arm64"] },
      { architectureDeclared: true },
      ["SLUICE_ARCHITECTURE_MISMATCH"],
    ],
  ])("%s", (_what, overrides, fn, codes) => {
    const { manifest, image } = artifactOf("orders", uri("a"), fn);
    expect(fits(target, state(overrides), manifest, image).map(({ code }) => code)).toEqual(codes);
  });

  it("refuses an image of another region", () => {
    const { manifest, image } = artifactOf("orders", uri("a"));
    const [error] = fits({ ...target, region: "us-east-1" }, state(), manifest, image);
    expect([error?.code, error?.problems[0].kind]).toEqual(["SLUICE_IMAGE_ELSEWHERE", "refusal"]);
  });
});

/** As AWS answers: an image function's CodeSha256 is its image's digest, in hexadecimal. */
function imageLambda(digit: string) {
  const target = withAlias(
    fakeFunction("orders", "x", { PackageType: "Image", CodeSha256: hex(digit) }),
    "live",
  );
  const fake = fakeLambda(target);
  const sent: unknown[] = [];
  const { updateFunctionCode } = fake.api;
  Object.assign(fake.api, {
    updateFunctionCode: async (
      input: Parameters<typeof updateFunctionCode>[0],
      calls?: Record<string, number>,
    ) => {
      sent.push(input.ImageUri);
      const answer = await updateFunctionCode(input, calls);
      const CodeSha256 = input.ImageUri?.split(":").at(-1) ?? "";
      const made = target.versions.at(-1);
      if (made !== undefined) made.CodeSha256 = CodeSha256;
      target.latest = { ...target.latest, CodeSha256 };
      return { ...answer, CodeSha256 };
    },
  });
  return { fake, target, sent };
}

describe("an image function as AWS has it", () => {
  const alias = { alias: "live" };

  it("is updated by URI, once", async () => {
    const { fake, sent } = imageLambda("a");
    const input = scene.input([artifactOf("orders", uri("b"))], alias);
    const { rows } = await deploy(strategyOn(fake), input, clockedContext(scene.folder));
    expect(sent).toEqual([uri("b")]);
    expect(rows[0]).toMatchObject({ outcome: "updated", version: "2", digest: `sha256:${hex("b")}` });
    fake.log.length = 0;
    const again = await deploy(strategyOn(fake), input, clockedContext(scene.folder));
    expect(again.rows[0]?.outcome).toBe("unchanged");
    expect(fake.log).toEqual(["GetFunction"]);
  });
});

describe("an image function in the emulator, which tells the image by its URI alone", () => {
  async function run(artifact: Artifact, environment: Partial<ResolvedEnvironment>) {
    const input = scene.input([artifact], environment);
    const { rows, changes } = await deploy(updateExisting(), input, emulated.context(scene.folder));
    return { row: rows[0], change: changes[0] };
  }
  const codeOf = async (name: string, qualifier?: string) => {
    const scope = { region: "eu-west-1", profile: null, role: null };
    const { lambda } = openAws(emulated.context(scene.folder), scope);
    const Qualifier = qualifier === undefined ? {} : { Qualifier: qualifier };
    return (await lambda.getFunction({ FunctionName: name, ...Qualifier })).Code?.ImageUri;
  };

  it("is brought to the image, and is unchanged after", async () => {
    await emulated.createImageFunction("image-alias", uri("a"));
    await emulated.createAlias("image-alias", "live");
    const artifact = artifactOf("image-alias", uri("b"));
    const { row } = await run(artifact, { alias: "live" });
    expect(row).toMatchObject({ outcome: "updated", version: "2", previousVersion: "1", error: null });
    expect(await codeOf("image-alias", "live")).toBe(uri("b"));
    expect((await run(artifact, { alias: "live" })).row).toMatchObject({
      outcome: "unchanged",
      apiCalls: { GetFunction: 1 },
    });
  }, 60_000);

  it("takes no zip, and a zip function no image; nothing is written", async () => {
    await emulated.createImageFunction("image-zip", uri("a"));
    await emulated.createFunction("zip-image", await zipOf("old"));
    const zipped = await run(await scene.artifact("image-zip", await zipOf("new")), {});
    expect(zipped.change?.error?.message).toMatch(/package type Image, and the artifact is a Zip/);
    const imaged = await run(artifactOf("zip-image", uri("b")), {});
    expect(imaged.change?.error?.code).toBe("SLUICE_PACKAGE_TYPE_MISMATCH");
    expect(imaged.change?.error?.message).toMatch(/package type Zip, and the artifact is an Image/);
    expect(await codeOf("image-zip")).toBe(uri("a"));
  }, 60_000);
});
