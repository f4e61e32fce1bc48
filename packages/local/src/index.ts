export { localEnvironment, localShell } from "./environment.ts";
export * from "./local-aws.ts";
export { startLocal } from "./start.ts";
export { localStatus } from "./status.ts";
export { stopLocal } from "./stop.ts";
