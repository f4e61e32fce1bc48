import type { Problem } from "@sluice/core";
import type { EnvironmentStatus, FunctionStatus } from "@sluice/updater";

const problemOf = ({ code, message, hint }: Problem): object => ({ code, message, hint });

function functionOf(status: FunctionStatus): object {
  const { error, ...rest } = status;
  return { ...rest, error: error === null ? null : problemOf(error) };
}

/** What `status --json` prints. */
export function statusDocument(environments: readonly EnvironmentStatus[], now: number): object {
  return {
    schema: 1,
    command: "status",
    at: new Date(now).toISOString(),
    environments: environments.map(({ name, functions, errors, lease }) => ({
      name,
      functions: functions.map(functionOf),
      lease,
      errors: errors.map(problemOf),
    })),
  };
}
