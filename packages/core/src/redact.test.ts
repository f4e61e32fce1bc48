import { describe, expect, it } from "vitest";
import { createRedactor, redactValues } from "./redact.ts";

describe("redaction", () => {
  const env = {
    AWS_SECRET_ACCESS_KEY: "wJalr/XUtnFEMI+K7MDENG",
    NPM_TOKEN: 'p@ss"word',
    AWS_ACCESS_KEY_ID: "111111111111",
    HOME: "/home/someone",
    API_KEY: "abc",
  };
  const redact = createRedactor(env);

  it("hides secret values, plain, percent-encoded, in base64 and in JSON", () => {
    for (const value of [env.AWS_SECRET_ACCESS_KEY, env.NPM_TOKEN]) {
      const forms = [
        value,
        encodeURIComponent(value),
        Buffer.from(value).toString("base64"),
        JSON.stringify(value),
      ];
      for (const form of forms)
        expect(redact(`before ${form} after`)).toMatch(/^before "?\[redacted\]"? after$/);
    }
  });

  it("leaves account ids, paths and values too short to be told from words", () => {
    expect(redact("111111111111 in /home/someone says abc")).toBe("111111111111 in /home/someone says abc");
  });

  it.each([
    ["https://user:hunter2@proxy.example/x", "https://[redacted]@proxy.example/x"],
    ["postgres://u:p@ss@db/x", "postgres://[redacted]@db/x"],
    ["https://s3/x?X-Amz-Signature=0a1b2c&y=1", "https://s3/x?X-Amz-Signature=[redacted]&y=1"],
    ["AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPx", "AWS_SECRET_ACCESS_KEY=[redacted]"],
    ['{"secretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPx"}', '{"secretAccessKey":"[redacted]"}'],
    ["aws_session_token = IQoJb3JpZ2luX2VjEPT==", "aws_session_token = [redacted]"],
    ["authorization: Bearer abcdefghijklmnop", "authorization: Bearer [redacted]"],
    ["token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln end", "token [redacted] end"],
    ["glpat-abcdefghijklmnopqrst", "[redacted]"],
    ["-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "[redacted]"],
  ])("hides the shape of %s", (text, expected) => {
    expect(createRedactor({})(text)).toBe(expected);
  });

  it("leaves a document whole: texts are redacted, keys and numbers stay", () => {
    const odd = createRedactor({ A_TOKEN: "updated", B_TOKEN: "288097" });
    const document = {
      summary: { updated: 1 },
      sizeBytes: 288097,
      reason: "updated 288097",
      list: ["updated"],
    };
    expect(redactValues(document, odd)).toEqual({
      summary: { updated: 1 },
      sizeBytes: 288097,
      reason: "[redacted] [redacted]",
      list: ["[redacted]"],
    });
  });

  it("replaces the longer of two values that contain each other", () => {
    const both = createRedactor({ A_TOKEN: "secret-value", B_TOKEN: "secret-value-longer" });
    expect(both("x secret-value-longer y")).toBe("x [redacted] y");
  });
});
