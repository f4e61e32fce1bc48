import { describe, expect, it } from "vitest";
import type { RunContext } from "./context.ts";
import { PHASES, refusalsOf, runPhase } from "./phases.ts";
import type { GateInput, Plugin } from "./plugin.ts";
import { sluiceError } from "./problem.ts";

const context = {} as RunContext;
const refusal = (message: string) => sluiceError({ code: "SLUICE_TEST", kind: "refusal", message, hint: "" });

describe("the phase runner", () => {
  it("hands each answer of a sequence to the next plugin", async () => {
    const plugins: Plugin[] = [
      { name: "a", config: (config) => ({ ...config, store: "a" }) },
      { name: "b" },
      { name: "c", config: () => undefined },
      { name: "d", config: (config) => ({ ...config, store: `${config.store}d` }) },
    ];
    const { answers } = await runPhase("config", plugins, {}, context);
    expect(answers.at(-1)).toEqual({ plugin: "d", value: { store: "ad" } });
  });

  it("stops at the first answer", async () => {
    const asked: string[] = [];
    const plugin = (name: string, answer: string | null): Plugin => ({
      name,
      environment: () => {
        asked.push(name);
        return answer === null ? undefined : { environment: answer, rule: null, reason: "" };
      },
    });
    const plugins = [plugin("a", null), plugin("b", "dev"), plugin("c", "prod")];
    const { answers } = await runPhase("environment", plugins, {} as never, context);
    expect(answers).toEqual([{ plugin: "b", value: { environment: "dev", rule: null, reason: "" } }]);
    expect(asked).toEqual(["a", "b"]);
  });

  it("collects every refusal of the gates, returned or thrown", async () => {
    const plugins: Plugin[] = [
      { name: "a", gate: () => [refusal("one"), refusal("two")] },
      {
        name: "b",
        gate: async () => {
          throw refusal("three");
        },
      },
      { name: "c", gate: () => undefined },
    ];
    const result = await runPhase("gate", plugins, {} as GateInput, context);
    expect(refusalsOf(result).map((each) => each.message)).toEqual(["one", "two", "three"]);
  });

  it.each([
    [[{ code: "X", kind: "refusal", message: "Frozen.", hint: "" }]],
    [true],
    ["no"],
    [[new Error("no")]],
    [[null]],
  ])("fails closed when a gate answers %j", async (answer) => {
    const plugins: Plugin[] = [
      { name: "odd", gate: () => answer as never },
      { name: "account", gate: () => [refusal("wrong account")] },
    ];
    const refusals = refusalsOf(await runPhase("gate", plugins, {} as GateInput, context));
    expect(refusals.map((each) => each.code)).toEqual(["SLUICE_PLUGIN_ANSWER", "SLUICE_TEST"]);
    expect(refusals[0]?.message).toContain("odd");
  });

  it("names the plugin and the hook that threw", async () => {
    const plugins: Plugin[] = [
      {
        name: "odd",
        gate: () => {
          throw new TypeError("nope");
        },
      },
    ];
    const [refused] = refusalsOf(await runPhase("gate", plugins, {} as GateInput, context));
    expect(refused?.message).toBe("The plugin odd failed in its hook `gate`: nope");
    const planning = runPhase("plan", [{ name: "odd", plan: "x" as never }], {} as never, context);
    await expect(planning).rejects.toMatchObject({ code: "SLUICE_PLUGIN_FAILED" });
  });

  it("lets every hook of an `all` phase settle before it fails", async () => {
    let settled = false;
    const plugins: Plugin[] = [
      {
        name: "a",
        plan: async () => {
          throw new Error("first");
        },
      },
      {
        name: "b",
        plan: async () => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          settled = true;
          return [];
        },
      },
    ];
    await expect(runPhase("plan", plugins, {} as never, context)).rejects.toThrow("first");
    expect(settled).toBe(true);
  });

  it("lets one phase alone write remotely", () => {
    const remote = Object.entries(PHASES).filter(([, policy]) => policy.writes === "remote");
    expect(remote.map(([name]) => name)).toEqual(["apply"]);
  });
});
