import { describe, expect, it } from "vitest";
import { credentialsFor, type KnownCredentials, secretsIn, splitUrl } from "./credentials.ts";

const of = (url: string): KnownCredentials["credentials"] => {
  const { credentials } = splitUrl(url);
  return credentials === null ? [] : [credentials];
};

const KNOWN: KnownCredentials = {
  credentials: [
    ...of("https://a:one@host.example/team-a/simple/"),
    ...of("https://b:two@host.example/team-b/simple/"),
    ...of("https://c:three@host.example:8443/simple/"),
    ...of("https://token@token.example/simple/"),
    ...of("https://ci@both.example/simple/"),
  ],
  netrc: [
    { machine: "both.example", login: "other", password: "wrong" },
    { machine: "both.example", login: "ci", password: "four" },
    { machine: "HOST.example", login: "n", password: "five" },
  ],
};

function given(url: string, known = KNOWN): string | null {
  const found = credentialsFor(known, url);
  return found === null ? null : `${found.username}:${found.password}`;
}

describe("credentials", () => {
  it.each([
    ["https://host.example/team-a/files/x.whl", "a:one"],
    ["https://host.example/team-b/simple/x/", "b:two"],
    ["https://host.example/elsewhere/x.whl", "a:one"],
    ["https://host.example:8443/x.whl", "c:three"],
    ["https://x:y%40z@host.example/team-a/x.whl", "x:y@z"],
    ["https://token.example/files/x.whl", "token:"],
    ["https://both.example/files/x.whl", "ci:four"],
  ])("of %s are %s", (url, expected) => {
    expect(given(url)).toBe(expected);
  });

  it("of an index go to its own scheme, host and port alone; those of a netrc to the host", () => {
    expect(given("http://host.example/team-a/x.whl")).toBe("n:five");
    expect(given("https://host.example:9000/x.whl")).toBe("n:five");
    expect(given("https://sub.host.example/x.whl")).toBeNull();
    expect(given("https://token.example.evil/x.whl")).toBeNull();
    const fallback = { credentials: [], netrc: [{ machine: null, login: "d", password: "six" }] };
    expect(given("https://any.example/", fallback)).toBe("d:six");
  });

  it("are known in every form that must not be shown", () => {
    const secrets = secretsIn({ credentials: of("https://u:p%20w@h.example/"), netrc: [] });
    expect(secrets).toEqual(["p w", "p%20w", Buffer.from("u:p w").toString("base64")]);
    expect(secretsIn({ credentials: of("https://token@h.example/"), netrc: [] })).toContain("token");
  });

  it("that are no valid percent encoding are taken as they stand", () => {
    expect(splitUrl("https://u:100%@h.example/simple/").credentials?.password).toBe("100%");
  });
});
