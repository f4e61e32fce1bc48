import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { ADDED, ARM, MACHINES, X86 } from "./packages.ts";
import {
  configuration,
  createFunctionRepository,
  type FunctionRepository,
  functionOf,
} from "./repository.ts";

let repository: FunctionRepository | undefined;
afterEach(() => repository?.dispose());

it("configures a function for each machine, and checks imports unless told otherwise", () => {
  const both = configuration({ machines: MACHINES, requirements: "lock", importCheck: false });
  expect(both).toContain('"importCheck":false');
  expect(both).toContain('"requirements":"requirements.txt"');
  for (const machine of MACHINES) expect(both).toContain(`"architecture":"${machine.architecture}"`);
  const one = configuration({ machines: [X86], requirements: "pylock", importCheck: true });
  expect(one).not.toContain("importCheck");
  expect(one).toContain('"requirements":"pylock.toml"');
  expect(functionOf(ARM)).toBe("report-arm64");
  expect(functionOf(X86)).toMatch(/^[\w-]+$/);
});

it("has a source that Python takes, another one after each revision, and a lock that grows", async () => {
  repository = await createFunctionRepository([], (filename) => filename);
  const read = (name: string): Promise<string> => readFile(join(repository?.path ?? "", name), "utf8");
  const first = await read("app.py");
  execFileSync("python3", ["-c", "import ast, sys; ast.parse(sys.argv[1])", first]);
  await repository.revise();
  expect(await read("app.py")).not.toBe(first);
  expect(await read("growing.txt")).not.toContain(ADDED.name);
  await repository.grow(true);
  expect(await read("growing.txt")).toContain(`${ADDED.name}==${ADDED.version}`);
});
