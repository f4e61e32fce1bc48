import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { type DeclaredIndexes, type IndexSettings, readIndexSettings } from "./settings.ts";

type Files = Readonly<Record<string, string>>;

async function read(
  files: Files,
  env: Readonly<Record<string, string>> = {},
  declared: DeclaredIndexes = {},
): Promise<IndexSettings & { readonly path: string }> {
  await using place = await createFixture({ "repo/functions/x": "", ...files });
  const at = (path: string): string => join(place.path, path);
  const all = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace("~", place.path.replace(/\/$/, ""))]),
  );
  const settings = readIndexSettings({
    env: { HOME: place.path, ...all },
    folder: at("repo/functions"),
    root: at("repo"),
    declared,
    etc: at("etc"),
  });
  return { ...settings, path: place.path };
}

const urls = ({ indexes }: IndexSettings): string[] => indexes.map(({ url }) => url);

describe("the indexes", () => {
  it("are PyPI where nobody says otherwise", async () => {
    const settings = await read({});
    expect(settings.indexes).toEqual([
      { name: null, url: "https://pypi.org/simple/", isDefault: true, isExplicit: false },
    ]);
    expect(settings).toMatchObject({
      findLinks: [],
      trustedHosts: [],
      authorities: [],
      secrets: [],
      idleMs: 30_000,
    });
  });

  it("are those of pip's files and variables, the strongest first", async () => {
    const user = [
      "[global]",
      "index-url = https://user:hunter22@pip.example/simple",
      "timeout: 7",
      "[install]",
      "extra-index-url =",
      "    https://one.example/simple  ",
      "    # a comment",
      "    https://two.example/simple/",
      "[list]",
      "index-url = https://not.for.install/",
    ].join("\n");
    const files = {
      ".config/pip/pip.conf": user,
      "venv/pip.conf": "[global]\ntrusted_host = pip.example",
      "etc/pip.conf": "[global]\nindex-url = https://etc.example\nproxy = http://proxy.example:3128",
    };
    const settings = await read(files, { VIRTUAL_ENV: "~/venv" });
    expect(urls(settings)).toEqual([
      "https://one.example/simple/",
      "https://two.example/simple/",
      "https://pip.example/simple/",
    ]);
    expect(settings).toMatchObject({
      trustedHosts: ["pip.example"],
      idleMs: 7000,
      proxy: "http://proxy.example:3128",
    });
    expect(settings.credentials).toMatchObject([{ username: "user", password: "hunter22" }]);
    expect(settings.secrets).toContain("hunter22");
    expect(urls(await read(files, { PIP_INDEX_URL: "https://env.example/" })).at(-1)).toBe(
      "https://env.example/",
    );
    expect(urls(await read(files, { PIP_CONFIG_FILE: "/dev/null" }))).toEqual(["https://pypi.org/simple/"]);
    const given = { ...files, "own.conf": "[global]\nindex-url = https://own.example/" };
    expect(urls(await read(given, { PIP_CONFIG_FILE: "~/own.conf" }))).toEqual(["https://own.example/"]);
  });

  it("are those of uv before pip's: variables, uv.toml or [tool.uv] of the nearest folder, the user's", async () => {
    const files = {
      "repo/pyproject.toml": [
        '[[tool.uv.index]]\nname = "acme-internal"\nurl = "https://acme.example/simple"',
        '[[tool.uv.index]]\nname = "torch"\nurl = "https://torch.example/whl"\nexplicit = true',
        '[[tool.uv.index]]\nname = "mirror"\nurl = "https://mirror.example/simple"\ndefault = true',
      ].join("\n"),
      ".config/uv/uv.toml": '[pip]\nextra-index-url = ["https://user.example/simple"]',
    };
    const env = {
      PIP_INDEX_URL: "https://pip.example/simple",
      UV_INDEX: "first=https://first.example/simple https://second.example/simple",
      UV_INDEX_ACME_INTERNAL_USERNAME: "ci",
      UV_INDEX_ACME_INTERNAL_PASSWORD: "s3cret",
    };
    const settings = await read(files, env);
    expect(urls(settings)).toEqual([
      "https://first.example/simple/",
      "https://second.example/simple/",
      "https://acme.example/simple/",
      "https://torch.example/whl/",
      "https://user.example/simple/",
      "https://mirror.example/simple/",
    ]);
    expect(settings.indexes.filter(({ isExplicit }) => isExplicit)).toMatchObject([{ name: "torch" }]);
    expect(settings.credentials).toContainEqual({
      origin: "https://acme.example",
      path: "/simple",
      username: "ci",
      password: "s3cret",
    });
    const nearer = { ...files, "repo/functions/uv.toml": 'index-url = "https://near.example/simple"' };
    expect(urls(await read(nearer))).toEqual([
      "https://user.example/simple/",
      "https://near.example/simple/",
    ]);
    expect(urls(await read(files, { UV_NO_CONFIG: "1" }))).toEqual(["https://pypi.org/simple/"]);
    const env2 = { UV_DEFAULT_INDEX: "https://default.example/simple" };
    expect(urls(await read(files, env2)).at(-1)).toBe("https://default.example/simple/");
  });

  it("of requirement files are asked besides, or instead", async () => {
    const indexes = ["https://u:p@lines.example/simple"];
    expect(urls(await read({}, {}, { indexes }))).toEqual([
      "https://lines.example/simple/",
      "https://pypi.org/simple/",
    ]);
    const replaced = await read({}, {}, { indexes, replaceDefault: true });
    expect(urls(replaced)).toEqual(["https://lines.example/simple/"]);
    expect(JSON.stringify(replaced.indexes)).not.toContain("u:p");
  });

  it("are none with no-index, but folders and pages of wheels stay", async () => {
    const files = {
      "repo/functions/wheels/x": "",
      "repo/uv.toml": 'find-links = ["wheels", "https://page.example/x"]',
    };
    const settings = await read(
      { ...files, "repo/wheels/x": "" },
      { PIP_NO_INDEX: "1", PIP_FIND_LINKS: "/absent" },
    );
    expect(settings.indexes).toEqual([]);
    expect(settings.findLinks).toEqual([join(settings.path, "repo/wheels"), "https://page.example/x"]);
  });

  it("are an error where they are broken, which shows nothing of them", async () => {
    await expect(read({ "repo/uv.toml": "index = [" })).rejects.toThrow(/uv\.toml is not valid TOML/);
    await expect(read({}, { UV_INDEX: "mine=ftp://u:hunter22@x/" })).rejects.toThrow(
      /^(?!.*hunter22).*mine is no http/s,
    );
    await expect(read({}, { PIP_INDEX_URL: "pypi" })).rejects.toThrow(/no http, https or file URL/);
  });
});

describe("the authorities", () => {
  it("are left to Node.js where it has been given the same file", async () => {
    const same = {
      SSL_CERT_FILE: "/etc/ca.pem",
      PIP_CERT: "/etc/ca.pem",
      NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
    };
    expect((await read({}, same)).authorities).toEqual([]);
    expect((await read({}, { ...same, PIP_CERT: "/etc/other.pem" })).authorities).toEqual([
      "/etc/ca.pem",
      "/etc/other.pem",
    ]);
  });
});
