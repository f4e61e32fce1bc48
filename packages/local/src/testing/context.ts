import { createRedactor, type RunContext, type RunEvent, sleep } from "@sluice/core";

/** A run context that keeps what was emitted, and logs nothing. */
export interface TestContext extends RunContext {
  readonly events: RunEvent[];
}

/** Not the test kit's, which stands on this package. */
export function testContext(
  given: Pick<RunContext, "cwd"> & Partial<Pick<RunContext, "env" | "signal">>,
): TestContext {
  const { cwd, env = {}, signal = new AbortController().signal } = given;
  const events: RunEvent[] = [];
  const ignore = (): void => undefined;
  return {
    cwd,
    env,
    signal,
    events,
    redact: createRedactor(env),
    log: { error: ignore, warn: ignore, info: ignore, debug: ignore },
    concurrency: 8,
    emit: (event) => {
      events.push(event);
    },
    now: Date.now,
    sleep: (milliseconds) => sleep(milliseconds, signal),
  };
}
