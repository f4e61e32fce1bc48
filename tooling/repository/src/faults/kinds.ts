import type { Fault, ProxiedCall } from "@sluice/test-kit";

/** What goes wrong with one call of a run. */
export const FAULT_KINDS = [
  "429",
  "500",
  "503",
  "reset before",
  "reset after",
  "late",
  "no answer",
  "cut",
  "line dead",
  "kill before",
  "kill after",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Milliseconds: beyond the time-out of requests that `short-timeouts.ts` leaves. */
const TOO_LATE = 2_000;

const NAMES: Readonly<Record<string, readonly [lambda: string, s3: string]>> = {
  "429": ["TooManyRequestsException", "TooManyRequests"],
  "500": ["ServiceException", "InternalError"],
  "503": ["ServiceUnavailable", "SlowDown"],
};

/** An error as the service words it: JSON of Lambda, XML of S3 and STS. */
function refusal({ service }: ProxiedCall, status: string): Fault {
  const [json = "", xml = ""] = NAMES[status] ?? [];
  if (service === "lambda") {
    const headers = { "content-type": "application/json", "x-amzn-errortype": json };
    return { status: Number(status), headers, body: JSON.stringify({ message: "made up by the proxy" }) };
  }
  const error = `<Error><Code>${xml}</Code><Message>made up by the proxy</Message></Error>`;
  const body = service === "s3" ? error : `<ErrorResponse>${error}</ErrorResponse>`;
  return { status: Number(status), headers: { "content-type": "text/xml" }, body };
}

/**
 * Makes the fault of one call.
 *
 * @param kill - ends the process that made the call, at once
 */
export function faultOf(kind: FaultKind, call: ProxiedCall, kill: () => void): Fault {
  switch (kind) {
    case "reset before":
    case "line dead":
      return { reset: "before" };
    case "reset after":
      return { reset: "after" };
    case "late":
      return { delayMs: TOO_LATE };
    case "no answer":
      return { answerDelayMs: TOO_LATE };
    case "cut":
      return { cut: true };
    case "kill before":
      return { reset: "before", onReset: kill };
    case "kill after":
      return { reset: "after", onReset: kill };
    default:
      return refusal(call, kind);
  }
}
