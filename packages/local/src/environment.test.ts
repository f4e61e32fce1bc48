import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { localEnvironment, localShell } from "./environment.ts";
import type { LocalAws } from "./local-aws.ts";

const local: LocalAws = {
  endpoint: "http://127.0.0.1:4321",
  pid: 1,
  port: 4321,
  folder: "/tmp/x",
  log: "/tmp/x.log",
  nodes: { 22: null, 24: null },
  node: "20.20.0",
  python: "python3.11",
  startedAt: 0,
  version: "0",
};

it("names the account by the access key's id", () => {
  expect(localEnvironment(local)["AWS_ACCESS_KEY_ID"]).toBe("000000000000");
  expect(localEnvironment(local, "222222222222")["AWS_ACCESS_KEY_ID"]).toBe("222222222222");
});

it("gives a shell exactly this environment, and takes away what would win over it", () => {
  const script = `${localShell({ ...local, endpoint: "it's $HOME" }, "222222222222")}env`;
  const env = {
    PATH: process.env["PATH"] ?? "",
    AWS_PROFILE: "prod",
    AWS_SESSION_TOKEN: "t",
    AWS_REGION: "x",
  };
  const output = execFileSync("sh", ["-eu", "-c", script], { encoding: "utf8", env });
  const seen = output.split("\n").filter((line) => /^(?:AWS|SLUICE)_/.test(line));
  const expected = Object.entries(localEnvironment({ ...local, endpoint: "it's $HOME" }, "222222222222"));
  expect(seen.sort()).toEqual(expected.map(([name, value]) => `${name}=${value}`).sort());
});
