import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { expanded, parseNpmrc } from "./npmrc.ts";
import { authorizationFor, conventionalUrl, packumentUrl, registryOf, resolvedUrl } from "./registry.ts";
import { type RegistrySettings, readSettings } from "./settings.ts";

const settings = (npm: Record<string, string>): RegistrySettings => ({ npm, unset: [], root: "/repo" });

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("an .npmrc", () => {
  it("is read as npm reads it", () => {
    const unset = new Set<string>();
    const text = [
      "; a comment",
      "# another",
      "registry = https://npm.acme.dev/ ; the mirror",
      '"quoted" = "a;b"',
      `//npm.acme.dev/:_authToken=\${TOKEN}`,
      `@\${SCOPE}:registry=https://acme.dev/`,
      `missing=\${NOT_SET}`,
      "ca[]=one",
      "ca[]=two",
      "strict-ssl",
    ].join("\r\n");
    expect(parseNpmrc(text, { TOKEN: "secret", SCOPE: "acme" }, unset)).toMatchObject({
      registry: "https://npm.acme.dev/",
      "//npm.acme.dev/:_authToken": "secret",
      "@acme:registry": "https://acme.dev/",
      missing: `\${NOT_SET}`,
      ca: "one\ntwo",
      "strict-ssl": "true",
    });
    expect([...unset]).toEqual(["NOT_SET"]);
  });

  it.each([
    [`\${A}`, "1"],
    [`\${B?}`, ""],
    [`\${B-x}`, "x"],
    [`\${E-x}`, ""],
    [`\${E:-x}`, "x"],
    [`\${B:-}`, ""],
    [`\${B}`, `\${B}`],
    ["$A", "$A"],
  ])("has %s as %j", (text, value) => {
    expect(expanded(text, { A: "1", E: "" }, new Set())).toBe(value);
  });
});

describe("settings", () => {
  it("of the environment are stronger than the project's, those than the user's", async () => {
    await using repo = await createFixture({
      ".npmrc": "registry=https://top.dev/\nproxy=http://top.dev",
      "app/.npmrc": "registry=https://app.dev/",
      "home/.npmrc": "registry=https://user.dev/\n//user.dev/:_authToken=user\nnoproxy=x",
      "other.npmrc": "registry=https://other.dev/\nnoproxy=y",
    });
    const read = (env: Record<string, string>): RegistrySettings["npm"] =>
      readSettings(`${repo.path}/app`, repo.path, { HOME: `${repo.path}/home`, ...env }).npm;
    expect(read({})).toMatchObject({ registry: "https://app.dev/", proxy: "http://top.dev", noproxy: "x" });
    expect(read({ npm_config_userconfig: `${repo.path}/other.npmrc` })).toMatchObject({ noproxy: "y" });
    expect(read({ NPM_CONFIG_REGISTRY: "https://env.dev/" }).registry).toBe("https://env.dev/");
    expect(read({ npm_config_strict_ssl: "false" })["strict-ssl"]).toBe("false");
    expect(read({ "npm_config_//env.dev/:_authToken": "t" })["//env.dev/:_authToken"]).toBe("t");
  });

  it("of yarn 2 and newer are taken too", async () => {
    await using repo = await createFixture({
      ".yarnrc.yml": [
        'npmRegistryServer: "https://npm.acme.dev/api"',
        `npmAuthToken: \${TOKEN:-none}`,
        "npmScopes:",
        "  acme:",
        "    npmRegistryServer: https://scope.dev",
        "    npmAuthIdent: user:password",
        "npmRegistries:",
        '  "//third.dev":',
        "    npmAuthToken: third",
        "httpsProxy: http://proxy.dev",
        "enableStrictSsl: false",
      ].join("\n"),
    });
    const read = readSettings(repo.path, repo.path, { TOKEN: "secret" });
    expect(registryOf(read, "tool")).toBe("https://npm.acme.dev/api/");
    expect(registryOf(read, "@acme/tool")).toBe("https://scope.dev/");
    const auth = (url: string): string | null => authorizationFor(read, "https://npm.acme.dev/api/", url);
    expect(auth("https://npm.acme.dev/api/tool")).toBe("Bearer secret");
    expect(auth("https://scope.dev/@acme%2ftool")).toBe(`Basic ${base64("user:password")}`);
    expect(auth("https://third.dev/x")).toBe("Bearer third");
    expect(read.npm).toMatchObject({ "https-proxy": "http://proxy.dev", "strict-ssl": "false" });
  });

  it("that cannot be used are refused", async () => {
    await using repo = await createFixture({ ".yarnrc.yml": "a: [" });
    expect(() => readSettings(repo.path, repo.path, {})).toThrow(/is not valid YAML/);
    expect(() => registryOf(settings({ registry: "npm.acme.dev" }), "tool")).toThrow(/not a URL/);
  });
});

describe("credentials", () => {
  const npm = {
    "//a.dev/:_authToken": "top",
    "//a.dev/deep/:_auth": "ZGVlcA==",
    "//b.dev:8443/:username": "user",
    "//b.dev:8443/:_password": base64("pässword"),
  };
  it.each([
    ["https://a.dev/tool", "Bearer top"],
    ["https://a.dev/deep/tool/-/tool-1.tgz", "Basic ZGVlcA=="],
    ["https://a.dev/deeper/tool", "Bearer top"],
    ["https://b.dev:8443/x", `Basic ${base64("user:pässword")}`],
    ["https://b.dev/x", null],
    ["https://evil.dev/a.dev/", null],
  ])("for %s are %s", (url, value) => {
    expect(authorizationFor(settings(npm), "https://registry.npmjs.org/", url)).toBe(value);
  });

  it("of the registry hold for its host", () => {
    const known = settings({ "//a.dev/npm/:_authToken": "t" });
    expect(authorizationFor(known, "https://a.dev/npm/", "https://a.dev/files/x.tgz")).toBe("Bearer t");
    expect(authorizationFor(known, "https://a.dev/npm/", "https://b.dev/files/x.tgz")).toBeNull();
  });
});

describe("URLs", () => {
  const registry = "https://a.dev/npm/";
  const npmjs = "https://registry.npmjs.org/tool/-/tool-1.0.0.tgz";
  it.each([
    [{}, npmjs, "https://a.dev/npm/tool/-/tool-1.0.0.tgz"],
    [{}, "https://other.dev/tool.tgz", "https://other.dev/tool.tgz"],
    [{ "replace-registry-host": "never" }, npmjs, npmjs],
    [{ "replace-registry-host": "other.dev" }, "https://other.dev/tool.tgz", "https://a.dev/npm/tool.tgz"],
    [{ "replace-registry-host": "always" }, "https://x.dev/tool.tgz", "https://a.dev/npm/tool.tgz"],
    [{}, "https://a.dev/elsewhere/tool.tgz", "https://a.dev/elsewhere/tool.tgz"],
  ])("with %j, %s is %s", (npm, url, expected) => {
    expect(resolvedUrl(settings(npm as Record<string, string>), registry, url)).toBe(expected);
  });

  it("of scoped packages", () => {
    expect(conventionalUrl(registry, "@acme/tool", "1.0.0+build")).toBe(
      "https://a.dev/npm/@acme/tool/-/tool-1.0.0.tgz",
    );
    expect(packumentUrl(registry, "@acme/tool")).toBe("https://a.dev/npm/@acme%2ftool");
    expect(registryOf(settings({}), "tool")).toBe("https://registry.npmjs.org/");
  });
});
