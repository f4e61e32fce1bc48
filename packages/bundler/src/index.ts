export { bundler } from "./bundler.ts";
export { bundleRuntimes, readyRuntimes } from "./compatibility.ts";
export { type Machine, machineOf } from "./elf.ts";
export { type HandlerPlace, parseHandler } from "./handler.ts";
export { isNeverPacked } from "./never-packed.ts";
export { type EsbuildBuildOptions, nodeMajor } from "./node-options.ts";
