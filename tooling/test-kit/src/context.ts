import { createRedactor, type LogLevel, type RunContext, type RunEvent, sleep } from "@sluice/core";

/** A run context that keeps what was logged and emitted. */
export interface TestContext extends RunContext {
  readonly lines: { readonly level: Exclude<LogLevel, "silent">; readonly message: string }[];
  readonly events: RunEvent[];
}

/** Makes a {@link TestContext}; whatever `overrides` gives stands in place of the default. */
export function testContext(overrides: Partial<RunContext> & { readonly cwd: string }): TestContext {
  const lines: TestContext["lines"] = [];
  const events: RunEvent[] = [];
  const env = overrides.env ?? {};
  const redact = overrides.redact ?? createRedactor(env);
  const signal = overrides.signal ?? new AbortController().signal;
  const write = (level: Exclude<LogLevel, "silent">) => (message: string) => {
    lines.push({ level, message: redact(message) });
  };
  return {
    env,
    redact,
    signal,
    log: { error: write("error"), warn: write("warn"), info: write("info"), debug: write("debug") },
    concurrency: 8,
    emit: (event) => {
      events.push(event);
    },
    now: () => Date.now(),
    sleep: (milliseconds) => sleep(milliseconds, signal),
    ...overrides,
    lines,
    events,
  };
}
