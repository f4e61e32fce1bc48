import { describe, expect, it } from "vitest";
import { COMMANDS } from "./commands.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { GLOBAL_OPTIONS } from "./options.ts";

describe("help", () => {
  it("names every command and every option of every command", () => {
    const text = generalHelp();
    for (const { name } of COMMANDS) expect(text).toContain(`\n  ${name} `);
    for (const { name } of GLOBAL_OPTIONS) expect(text).toContain(`--${name}`);
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    "shows the options of %s",
    (_name, command) => {
      const text = commandHelp(command);
      expect(text.startsWith(command.usage)).toBe(true);
      for (const { name } of command.options) expect(text).toContain(`--${name}`);
    },
  );

  it.each<[string, string]>([
    ["general", generalHelp()],
    ...COMMANDS.map((command): [string, string] => [command.name, commandHelp(command)]),
  ])("fits 80 columns: %s", (_name, text) => {
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("loads each command's code", async () => {
    for (const command of COMMANDS) expect(await command.load()).toBeTypeOf("function");
  });
});
