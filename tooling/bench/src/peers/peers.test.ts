import { expect, it } from "vitest";
import { assetFolder } from "./cdk.ts";
import { oslsConfiguration } from "./osls.ts";
import { samTemplate } from "./sam.ts";

const functions = [{ name: "order-1", source: "src/order-1.ts" }];

it("tells osls and SAM what every contender is told", () => {
  expect(oslsConfiguration(functions)).toMatchObject({
    package: { individually: true },
    custom: { esbuild: { minify: true, sourcemap: true, format: "esm", target: "node22", exclude: [] } },
    functions: { "order-1": { handler: "src/order-1.handler" } },
  });
  expect(samTemplate(functions)).toMatchObject({
    Resources: {
      order1: {
        Properties: { Handler: "order-1.handler" },
        Metadata: {
          BuildMethod: "esbuild",
          BuildProperties: { Minify: true, Sourcemap: true, Format: "esm", EntryPoints: ["src/order-1.ts"] },
        },
      },
    },
  });
});

it("finds the folder of a function in CDK's assembly", () => {
  const Resources = {
    role: { Properties: {} },
    fn: { Properties: { FunctionName: "order-1", Code: { S3Key: "abc.zip" } } },
  };
  expect(assetFolder({ Resources }, "order-1")).toBe("asset.abc");
  expect(() => assetFolder({ Resources }, "order-2")).toThrow("no asset for order-2");
});
