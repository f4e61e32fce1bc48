import { expect, it } from "vitest";
import { standInsFor } from "./stand-ins.ts";

it("the SDK for durable functions is in the runtimes from Python 3.13 on", () => {
  expect(standInsFor([], 13)).toContain("aws_durable_execution_sdk_python");
  expect(standInsFor([], 14)).toContain("aws_durable_execution_sdk_python");
  expect(standInsFor([], 12)).not.toContain("aws_durable_execution_sdk_python");
});
