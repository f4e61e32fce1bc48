import { expect, it } from "vitest";
import { samPythonTemplate } from "./sam-python.ts";

it("tells SAM of the same functions", () => {
  const template = samPythonTemplate("python3.13", [
    { id: "arm64", architecture: "arm64" },
    { id: "x8664", architecture: "x86_64" },
  ]);
  expect(template).toMatchObject({
    Resources: {
      arm64: {
        Properties: { Runtime: "python3.13", Architectures: ["arm64"], Handler: "app.lambda_handler" },
      },
      x8664: { Properties: { Architectures: ["x86_64"] } },
    },
  });
});
