export { localEnvironment, localShell } from "./environment.ts";
export * from "./local-aws.ts";
export { cachedNode, localNode, type NodeBinary } from "./nodes.ts";
export type { LocalSetting } from "./settings.ts";
export { startLocal } from "./start.ts";
export { localStatus } from "./status.ts";
export { stopLocal } from "./stop.ts";
