import { readFile } from "node:fs/promises";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Environment } from "../index/environment.ts";
import { pipEnvironment, type UvSetup, uvSetup } from "./environment.ts";

let fixture: FsFixture;
beforeEach(async () => {
  fixture = await createFixture({ "repo/wheels/x": "", "scratch/x": "", "extra.pem": "MINE\n" });
});
afterEach(() => fixture.rm());

function setup(env: Environment, given?: Parameters<typeof uvSetup>[2]): Promise<UvSetup> {
  const place = {
    folder: fixture.getPath("repo"),
    top: fixture.getPath("repo"),
    scratch: fixture.getPath("scratch"),
  };
  return uvSetup({ PIP_CONFIG_FILE: "/dev/null", HOME: fixture.path, ...env }, place, given);
}

it("gives uv what pip is configured with, where uv has nothing of its own", async () => {
  const pip = {
    PIP_INDEX_URL: "https://one.example/simple",
    PIP_EXTRA_INDEX_URL: "https://two.example/simple https://three.example/simple",
    PIP_TRUSTED_HOST: "two.example",
    PIP_CERT: "/etc/authorities.pem",
    PIP_FIND_LINKS: `${fixture.getPath("repo/wheels")} /gone`,
    PIP_NO_INDEX: "1",
  };
  const { env, options } = await setup(pip, { findLinks: ["/own"] });
  expect(env).toMatchObject({
    UV_DEFAULT_INDEX: "https://one.example/simple",
    UV_INDEX: "https://two.example/simple https://three.example/simple",
    UV_INSECURE_HOST: "two.example",
    SSL_CERT_FILE: "/etc/authorities.pem",
    UV_PYTHON_DOWNLOADS: "never",
  });
  expect(options).toEqual([
    "--find-links",
    "/own",
    "--find-links",
    fixture.getPath("repo/wheels"),
    "--no-index",
  ]);
  const own = await setup({
    ...pip,
    UV_DEFAULT_INDEX: "https://uv.example/simple",
    UV_INDEX: "https://more.example/simple",
    SSL_CERT_FILE: "/uv.pem",
  });
  expect(own.env).toMatchObject({
    UV_DEFAULT_INDEX: "https://uv.example/simple",
    UV_INDEX: "https://more.example/simple",
    SSL_CERT_FILE: "/uv.pem",
  });
  const fromFile = await setup(pip, {
    declared: { indexes: ["https://file.example"], replaceDefault: true },
  });
  expect(fromFile.env["UV_DEFAULT_INDEX"]).toBeUndefined();
});

it("adds Node.js's further authorities to the usual ones", async () => {
  const { env } = await setup({ NODE_EXTRA_CA_CERTS: fixture.getPath("extra.pem") });
  const text = await readFile(env["SSL_CERT_FILE"] ?? "", "utf8");
  expect(text.startsWith("MINE\n")).toBe(true);
  expect(text.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(50);
});

it("keeps what is active in the shell from uv and pip", async () => {
  const active = {
    VIRTUAL_ENV: "/venv",
    UV_PYTHON: "3.8",
    UV_PROJECT: "/elsewhere",
    PYTHONPATH: "/lib",
    PIP_TARGET: "/t",
  };
  const { env } = await setup(active);
  expect([env["VIRTUAL_ENV"], env["UV_PYTHON"], env["UV_PROJECT"], env["PYTHONPATH"]]).toEqual(
    Array(4).fill(undefined),
  );
  const pip = pipEnvironment({ ...active, PIP_FIND_LINKS: "/gone", HOME: fixture.path }, fixture.path);
  expect([pip["PIP_TARGET"], pip["PYTHONPATH"], pip["PIP_FIND_LINKS"]]).toEqual([undefined, undefined, ""]);
});

it("lets uv do without its cache where that cannot be written", async () => {
  expect((await setup({})).env).not.toHaveProperty("UV_NO_CACHE");
  expect((await setup({ HOME: fixture.getPath("extra.pem") })).env).toMatchObject({ UV_NO_CACHE: "1" });
  const own = { HOME: fixture.getPath("extra.pem"), UV_CACHE_DIR: fixture.getPath("cache/uv") };
  expect((await setup(own)).env).not.toHaveProperty("UV_NO_CACHE");
});
