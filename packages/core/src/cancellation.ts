import { setMaxListeners } from "node:events";
import { type SluiceError, sluiceError } from "./problem.ts";

/** Rejection reason of a cancelled run. */
export function interrupted(signal: string): SluiceError {
  return sluiceError({
    code: "SLUICE_INTERRUPTED",
    kind: "interrupted",
    message: `Interrupted by ${signal}. The calls under way were finished, and nothing new was started.`,
    hint: "Run the same command again: it goes on where this one stopped.",
  });
}

export interface Cancellation {
  readonly signal: AbortSignal;
  /** Cancels for another reason than a signal. */
  cancel(reason: SluiceError): void;
  /** Removes the signal handlers, so that the process can end. */
  dispose(): void;
}

/** The part of Node.js's `process` that cancellation needs. */
export interface SignalSource {
  on(signal: "SIGINT" | "SIGTERM", listener: (signal: "SIGINT" | "SIGTERM") => void): unknown;
  off(signal: "SIGINT" | "SIGTERM", listener: (signal: "SIGINT" | "SIGTERM") => void): unknown;
  exit(code: number): void;
}

/**
 * Turns the first SIGINT or SIGTERM into an abort. A second one ends the process at once with 130, for whoever cannot
 * wait for the call under way.
 */
export function createCancellation(process: SignalSource): Cancellation {
  const controller = new AbortController();
  // Every wait of a run listens to it; Node.js warns of a leak from eleven on.
  setMaxListeners(0, controller.signal);
  const onSignal = (signal: "SIGINT" | "SIGTERM"): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(interrupted(signal));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    cancel: (reason) => controller.abort(reason),
    dispose: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}

/** Waits `milliseconds`, or rejects with the signal's reason as soon as it is aborted. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
