export * from "./cancellation.ts";
export * from "./config/define.ts";
export type * from "./config/types.ts";
export type * from "./context.ts";
export * from "./phases.ts";
export * from "./plugin.ts";
export * from "./problem.ts";
export * from "./redact.ts";
export type * from "./vocabulary.ts";
