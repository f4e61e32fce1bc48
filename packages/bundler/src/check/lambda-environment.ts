import { join } from "node:path";
import type { ResolvedFunction } from "@sluice/core";
import { LAYER_ROOT } from "../layers/contents.ts";
import { nodeMajor } from "../node/options.ts";
import type { Scratch } from "./scratch.ts";

/**
 * The environment that a function of a Node.js runtime finds (AWS Lambda Developer Guide, "Defined runtime environment variables"),
 * without credentials and without anything of this process's own. `importCheck.env` comes last.
 *
 * @param opt - absolute path of the folder with the function's layers; `null` without any
 */
export function lambdaEnvironment(
  fn: ResolvedFunction,
  scratch: Scratch,
  opt: string | null = null,
): Record<string, string> {
  const { root, home, temporary } = scratch;
  const top = opt ?? LAYER_ROOT;
  const layers = [`${top}/nodejs/node${nodeMajor(fn.runtime)}/node_modules`, `${top}/nodejs/node_modules`];
  return {
    _HANDLER: fn.handler,
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "import-check",
    // Developer Guide, "Using the Lambda metadata endpoint".
    AWS_LAMBDA_METADATA_API: "127.0.0.1:9002",
    AWS_LAMBDA_METADATA_TOKEN: "import-check",
    AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001",
    AWS_REGION: "us-east-1",
    HOME: home,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    LAMBDA_TASK_ROOT: root,
    LANG: "en_US.UTF-8",
    LD_LIBRARY_PATH: [root, join(root, "lib"), join(top, "lib")].join(":"),
    NODE_PATH: [...layers, "/var/runtime/node_modules"].join(":"),
    PATH: `/usr/local/bin:/usr/bin/:/bin:${join(top, "bin")}`,
    // Lambda has /tmp; what a module leaves there goes with the check.
    TMPDIR: temporary,
    TZ: ":UTC",
    ...fn.importCheck.env,
  };
}
