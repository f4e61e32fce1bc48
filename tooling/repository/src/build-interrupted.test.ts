import { afterEach, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";

let repository: FunctionRepository;
afterEach(() => repository?.dispose());

/** Ends esbuild's process from within the build; the signal reaches `sluice` itself only afterwards. */
const PLUGIN = `
import { readdirSync, readFileSync } from "node:fs";
const children = () => readdirSync("/proc/self/task").flatMap((task) =>
  readFileSync("/proc/self/task/" + task + "/children", "utf8").split(" ").filter(Boolean).map(Number));
const late = { name: "late", setup(build) {
  build.onStart(() => {
    for (const child of children()) process.kill(child, "SIGKILL");
    if (process.env.SIGNALLED) setTimeout(() => process.kill(process.pid, "SIGINT"), 50);
  });
} };
export default { functions: { a: { entry: "src/a.js", esbuild: { plugins: [late] } } } };
`;

it("says that it was interrupted, though esbuild was gone first", async () => {
  repository = await createRepository({
    "package.json": '{"version":"1.0.0","type":"module"}',
    "src/a.js": "export const handler = async () => 1;\n",
    "sluice.config.mjs": PLUGIN,
  });
  const environment = jobEnvironment(repository.home);
  const interrupted = await sluice(repository.path, ["build"], { ...environment, SIGNALLED: "1" });
  expect([interrupted.exitCode, interrupted.stderr]).toEqual([
    130,
    expect.stringContaining("SLUICE_INTERRUPTED"),
  ]);
  const killed = await sluice(repository.path, ["build"], environment);
  expect([killed.exitCode, killed.stderr]).not.toEqual([130, expect.anything()]);
  expect(killed.stderr).toContain("esbuild");
}, 60_000);
