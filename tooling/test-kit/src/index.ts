export * from "./context.ts";
export * from "./emulator.ts";
