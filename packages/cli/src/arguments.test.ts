import { isSluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { parseArguments } from "./arguments.ts";
import { COMMANDS } from "./commands.ts";

const parse = (line: string, env: Record<string, string> = {}) =>
  parseArguments(
    line.split(" ").filter((word) => word !== ""),
    COMMANDS,
    env,
  );

function refusal(line: string, env: Record<string, string> = {}) {
  try {
    parse(line, env);
  } catch (error) {
    if (isSluiceError(error)) return { ...error.problems[0], exitCode: error.exitCode };
    throw error;
  }
  throw new Error("was accepted");
}

describe("the command line", () => {
  it("finds the command wherever the options stand", () => {
    for (const line of ["deploy orders --json", "--json deploy orders", "--cwd /tmp deploy --json orders"]) {
      const { command, operands, options } = parse(line);
      expect([command, operands, options.json]).toEqual(["deploy", ["orders"], true]);
    }
    expect(parse("--environment deploy plan").options.environment).toBe("deploy");
    expect(parse("--cwd=/tmp deploy").options.cwd).toBe("/tmp");
  });

  it("takes numbers, choices, short forms and everything after -- as operands", () => {
    expect(parse("deploy --concurrency 3").options.concurrency).toBe(3);
    expect(parse("deploy -h").options.help).toBe(true);
    expect(parse("-v").options.version).toBe(true);
    expect(parse("invoke -- -odd-name").operands).toEqual(["-odd-name"]);
    expect(parse('invoke orders --payload {"a":1}').options.payload).toBe('{"a":1}');
    expect(parse("invoke orders --payload -").options.payload).toBe("-");
  });

  it("reads SLUICE_<OPTION>, which the command line overrides", () => {
    const env = {
      SLUICE_ENVIRONMENT: "dev",
      SLUICE_REQUIRE_EXISTING: "1",
      SLUICE_JSON: "false",
      SLUICE_CONCURRENCY: "2",
    };
    expect(parse("deploy", env).options).toMatchObject({
      environment: "dev",
      "require-existing": true,
      json: false,
      concurrency: 2,
    });
    expect(parse("deploy --environment prod", env).options.environment).toBe("prod");
    expect(parse("build", env).options["require-existing"]).toBeUndefined();
  });

  it.each([
    ["deply", "SLUICE_UNKNOWN_COMMAND", "Did you mean `sluice deploy`?"],
    ["xyzzy", "SLUICE_UNKNOWN_COMMAND", "See `sluice --help`"],
    ["deploy --enviroment dev", "SLUICE_UNKNOWN_OPTION", "Did you mean `--environment`?"],
    ["build --require-existing", "SLUICE_UNKNOWN_OPTION", "sluice build --help"],
    ["deploy --concurrency many", "SLUICE_OPTION_INVALID", ""],
    ["deploy --concurrency 0", "SLUICE_OPTION_INVALID", ""],
    ["deploy --log-level loud", "SLUICE_OPTION_INVALID", ""],
    ["deploy --environment", "SLUICE_OPTION_INVALID", ""],
    ["deploy --json=maybe", "SLUICE_OPTION_INVALID", ""],
    ["status --html --json", "SLUICE_OPTION_INVALID", ""],
    ["deploy --environment dev --environment prod", "SLUICE_OPTION_INVALID", "Give it once"],
  ])("refuses `%s` with exit code 2", (line, code, hint) => {
    const problem = refusal(line);
    expect(problem).toMatchObject({ code, exitCode: 2 });
    expect(problem.hint).toContain(hint);
  });

  it("takes the same value twice, and a value with dashes where it is one argument with its option", () => {
    expect(parse("deploy --environment dev --environment=dev").options.environment).toBe("dev");
    expect(parse("invoke orders --payload=--x").options.payload).toBe("--x");
  });

  it("refuses a variable of the wrong kind by its name", () => {
    expect(refusal("deploy", { SLUICE_CONCURRENCY: "x" }).message).toContain("SLUICE_CONCURRENCY");
  });
});
