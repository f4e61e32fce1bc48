import { isSluiceError, type SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { checkSettings } from "./settings.ts";

function refusalOf(settings: Record<string, string>): SluiceError {
  try {
    checkSettings(settings);
  } catch (error) {
    if (isSluiceError(error)) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

it("lets MiniStack's own variables pass", () => {
  expect(checkSettings({})).toBeUndefined();
  expect(checkSettings({ AUTH: "true", LOG_LEVEL: "DEBUG" })).toBeUndefined();
});

it.each([
  ["a slip", "LOG_LEVLE", "Did you mean `LOG_LEVEL`?"],
  ["what the starter decides itself", "GATEWAY_PORT", "Known here: AUTH, "],
  ["what would reach functions", "NODE_OPTIONS", "Known here: AUTH, "],
])("refuses %s", (_, name, hint) => {
  const refused = refusalOf({ [name]: "1" });
  expect(refused.code).toBe("SLUICE_LOCAL_SETTING");
  expect(refused.hint).toContain(hint);
});
