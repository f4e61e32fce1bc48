export * from "./cloudformation.ts";
export * from "./context.ts";
export * from "./edge.ts";
export * from "./emulator.ts";
export * from "./git-repository.ts";
export * from "./loopback.ts";
export * from "./node-majors.ts";
export type { Operation } from "./operation.ts";
export * from "./proxy.ts";
