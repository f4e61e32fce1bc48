import { describe, expect, it } from "vitest";
import { proxyFor, proxyName } from "./proxy.ts";

const AWS = "https://lambda.eu-west-1.amazonaws.com";
const PROXY = "http://user:hunter2000@proxy.example:3128";

const through = (env: Record<string, string>, endpoint: string = AWS): string | null =>
  proxyFor(env, endpoint)?.url.host ?? null;

describe("proxyFor", () => {
  it("goes by the endpoint's protocol, small letters first", () => {
    expect(through({})).toBeNull();
    expect(through({ HTTPS_PROXY: PROXY })).toBe("proxy.example:3128");
    expect(through({ HTTP_PROXY: PROXY })).toBeNull();
    expect(through({ HTTP_PROXY: PROXY }, "http://emulator.example:4566")).toBe("proxy.example:3128");
    expect(through({ HTTPS_PROXY: "http://other:1", https_proxy: PROXY })).toBe("proxy.example:3128");
    expect(through({ HTTPS_PROXY: "proxy.example:3128" })).toBe("proxy.example:3128");
  });

  it.each([
    "http://localhost:4566",
    "http://127.0.0.1:4566",
    "http://127.8.8.8",
    "http://[::1]:4566",
    "http://abc.lambda-url.eu-west-1.localhost:4566",
  ])("never asks for %s through a proxy", (endpoint) => {
    expect(through({ HTTP_PROXY: PROXY }, endpoint)).toBeNull();
  });

  it.each([
    ["*", AWS],
    ["amazonaws.com", AWS],
    [".amazonaws.com", AWS],
    ["*.amazonaws.com", AWS],
    ["other, lambda.eu-west-1.amazonaws.com", AWS],
    ["LAMBDA.EU-WEST-1.AMAZONAWS.COM:443", AWS],
    ["10.1.2.3", "https://10.1.2.3:8443"],
    ["10.0.0.0/8", "https://10.1.2.3:8443"],
    ["fd00::/8", "https://[fd00::1]:8443"],
    ["fd00::1", "https://[fd00::1]:8443"],
    ["[fd00::1]:8443", "https://[fd00::1]:8443"],
  ])("NO_PROXY=%s keeps %s out", (entries, endpoint) => {
    expect(through({ HTTPS_PROXY: PROXY, NO_PROXY: entries }, endpoint)).toBeNull();
    expect(through({ HTTPS_PROXY: PROXY, no_proxy: entries }, endpoint)).toBeNull();
  });

  it.each([
    ["", AWS],
    ["zonaws.com", AWS],
    ["lambda.eu-west-1.amazonaws.com:8443", AWS],
    ["s3.eu-west-1.amazonaws.com", AWS],
    ["10.0.0.0/16", "https://10.1.2.3"],
    ["10.0.0.0/nonsense/8", "https://11.1.2.3"],
    ["2.3", "https://10.1.2.3"],
    ["not-a-network/8", AWS],
  ])("NO_PROXY=%s does not keep %s out", (entries, endpoint) => {
    expect(through({ HTTPS_PROXY: PROXY, NO_PROXY: entries }, endpoint)).toBe("proxy.example:3128");
  });

  it("refuses what is no HTTP proxy, and shows no password", () => {
    for (const value of [
      "socks5://user:hunter2000@proxy:1080",
      "http://:hunter2000@",
      "ftp://x",
      "http://user:hunter2000%zz@proxy:1",
    ]) {
      try {
        proxyFor({ HTTPS_PROXY: value }, AWS);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: "SLUICE_PROXY_INVALID", exitCode: 2 });
        expect(String(error)).toContain("HTTPS_PROXY");
        expect(JSON.stringify(error) + String(error)).not.toContain("hunter2000");
      }
    }
  });

  it("is named without its password", () => {
    expect(proxyName({ HTTPS_PROXY: PROXY }, AWS)).toBe("http://proxy.example:3128 (HTTPS_PROXY)");
    expect(proxyName({ HTTPS_PROXY: PROXY }, "")).toBeNull();
  });
});
