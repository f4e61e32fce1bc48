export { bundler } from "./bundler.ts";
export { isNeverPacked } from "./files/never-packed.ts";
export { bundleRuntimes, readyRuntimes } from "./machine/compatibility.ts";
export { type Machine, machineOf } from "./machine/elf.ts";
export { type HandlerPlace, parseHandler } from "./node/handler.ts";
export { type EsbuildBuildOptions, nodeMajor } from "./node/options.ts";
