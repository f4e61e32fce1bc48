import { describe, expect, it } from "vitest";
import { environmentOf } from "./session.ts";

describe("the environment of a run", () => {
  it("takes --endpoint-url before every variable", () => {
    const env = {
      AWS_ENDPOINT_URL: "http://a",
      AWS_ENDPOINT_URL_LAMBDA: "http://b",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
      AWS_REGION: "eu-west-1",
    };
    expect(environmentOf(env, "http://c")).toEqual({ AWS_ENDPOINT_URL: "http://c", AWS_REGION: "eu-west-1" });
    expect(environmentOf(env, undefined)).toEqual(env);
  });
});
