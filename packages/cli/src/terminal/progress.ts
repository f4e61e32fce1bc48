import type { RunEvent } from "@sluice/core";

/** One line at the foot of a terminal that says what is going on; elsewhere nothing. */
export interface Progress {
  readonly handle: (event: RunEvent) => void;
  /** Takes the line away, so that something else can be printed. */
  readonly clear: () => void;
  /** Writes the line again after something was printed. */
  readonly redraw: () => void;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Carriage return, then "erase in line" to the end (ECMA-48, 8.3.41). */
const ERASE = "\r\u001b[K";

function describe(
  event: RunEvent,
): { readonly key: string; readonly text: string; readonly done: boolean } | null {
  if (event.type === "bundle") {
    return {
      key: `bundle ${event.function}`,
      text: `bundling ${event.function}`,
      done: event.status === "done",
    };
  }
  if (event.type === "target") {
    const step = event.detail ?? "working";
    return {
      key: `${event.target} ${event.region}`,
      text: `${event.target}: ${step}`,
      done: event.status === "done",
    };
  }
  return null;
}

/** Makes the progress line for a stream; `enabled` is false under `--json`, in CI and at quiet log levels. */
export function createProgress(stream: Stream, enabled: boolean): Progress {
  if (!enabled || stream.isTTY !== true)
    return { handle: () => undefined, clear: () => undefined, redraw: () => undefined };
  const active = new Map<string, string>();
  const clear = (): void => {
    stream.write(ERASE);
  };
  const redraw = (): void => {
    const lines = [...active.values()];
    if (lines.length === 0) {
      clear();
      return;
    }
    const more = lines.length > 2 ? `, and ${lines.length - 2} more` : "";
    const text = `  ${lines.slice(0, 2).join(", ")}${more} …`;
    stream.write(ERASE + text.slice(0, (stream.columns ?? 80) - 1));
  };
  const handle = (event: RunEvent): void => {
    const state = describe(event);
    if (state === null) return;
    if (state.done) active.delete(state.key);
    else active.set(state.key, state.text);
    redraw();
  };
  return { handle, clear, redraw };
}
