import { delimiter, dirname, join } from "node:path";
import type { PythonRun } from "../run.ts";
import type { CheckOptions } from "./check-options.ts";

/** Where a package lies on the disk for its check. Absolute paths. */
export interface Stage {
  /** Stands for `/var/task`. */
  readonly root: string;
  /** Stands for `/opt`; `null` without layers. */
  readonly layers: string | null;
  readonly home: string;
  readonly temporary: string;
}

/** Folders of shared libraries that this machine's Python itself cannot start without, as AWS's build images have it. */
function librariesOf(python: string, env: PythonRun["context"]["env"]): string[] {
  const own = join(dirname(dirname(python)), "lib");
  return (env["LD_LIBRARY_PATH"] ?? "").split(delimiter).filter((folder) => folder === own);
}

/** Without these no process of Windows starts. */
const OF_WINDOWS = ["SystemRoot", "SYSTEMROOT", "windir"];

/**
 * The environment that a function of a Python runtime finds (AWS Lambda Developer Guide, "Defined runtime environment variables"),
 * without credentials and without anything of this process's own but where `python`, a path, finds its libraries. The function's own variables come last.
 */
export function lambdaEnvironment(
  run: PythonRun,
  options: CheckOptions,
  stage: Stage,
  python: string,
): Record<string, string> {
  const { name } = run.fn;
  const { root, home, temporary } = stage;
  const top = stage.layers ?? "/opt";
  const windows =
    process.platform === "win32"
      ? OF_WINDOWS.map((each) => [each, run.context.env[each]] as const).filter(([, value]) => value)
      : [];
  return {
    ...(Object.fromEntries(windows) as Record<string, string>),
    _HANDLER: options.handler,
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_EXECUTION_ENV: `AWS_Lambda_${run.target.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "import-check",
    AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001",
    AWS_REGION: "us-east-1",
    HOME: home,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    LAMBDA_TASK_ROOT: root,
    LANG: "en_US.UTF-8",
    LD_LIBRARY_PATH: [
      ...[root, join(root, "lib"), join(top, "lib")],
      ...librariesOf(python, run.context.env),
    ].join(":"),
    PATH: `/usr/local/bin:/usr/bin/:/bin:${join(top, "bin")}`,
    PYTHONPATH: "/var/runtime",
    // Lambda has /tmp; what a module leaves there goes with the check.
    TMPDIR: temporary,
    TZ: ":UTC",
    ...options.env,
  };
}
