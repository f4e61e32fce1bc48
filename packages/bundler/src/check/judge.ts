import { INVENTED } from "./child/environment.ts";
import type { Failure } from "./child/job.ts";
import { type Fault, faultOf, isOff, reasonOf, type Scene } from "./fault.ts";
import type { Ran } from "./run-child.ts";

/** What one try, or all of them together, came to. */
export type Outcome =
  | {
      readonly kind: "proved";
      /** Variables without which it does not load, and what it says then; `null` when it needs none. */
      readonly needs: { readonly variables: readonly string[]; readonly reason: string } | null;
      readonly stubbed: readonly string[];
    }
  | { readonly kind: "missing"; readonly exports: readonly string[] }
  | { readonly kind: "value"; readonly found: string }
  | {
      readonly kind: "fault";
      readonly fault: Fault;
      readonly failure: Failure | null;
      /** Where it happened, in the sources. */
      readonly places: readonly string[];
    }
  /** Neither: the module depends on what a check does not have. `again`: whether other variables may help. */
  | { readonly kind: "unproved"; readonly reason: string; readonly again: boolean };

/** What came of a check, or why there was none. */
export type CheckResult = Outcome | { readonly kind: "skipped"; readonly reason: string };

/** AWS Lambda's limit for loading a function (Developer Guide, "Lambda execution environment", init phase). */
export const INIT_SECONDS = 10;

function unproved(reason: string, again = false): Outcome {
  return { kind: "unproved", reason, again };
}

function fault(reason: string, hint: string): Outcome {
  return { kind: "fault", fault: { reason, hint }, failure: null, places: [] };
}

/** Without addresses that the check made up. */
function plain(what: string): string {
  const isInvented = INVENTED.some((value) => what.includes(value));
  return isInvented ? what.replace(/^(connect to|look up) .*/s, "$1 an address of its environment") : what;
}

function usesNetwork(off: readonly string[]): Outcome {
  const shown = [...new Set(off.map(plain))].slice(0, 3).join(", ");
  return unproved(`its module uses what is off in the check while it is loaded: ${shown}`);
}

/** It ended, or was ended, before it could tell anything. */
function judgeSilence({ off, timedOut, end, tail }: Ran, { checked, wanted }: Scene): Outcome {
  if (end === null) return unproved(`Node.js could not be started: ${tail}`);
  if (off.length > 0) return usesNetwork(off);
  if (timedOut) {
    return fault(
      `it is still not loaded after ${INIT_SECONDS} s, the time that Lambda gives it: an endless loop, or an await that nothing ends`,
      "Move the work from the module's top level into the handler.",
    );
  }
  const said = tail.trim() === "" ? "" : `:\n${tail.trim().split("\n").slice(-6).join("\n")}`;
  const reason = `Node.js ended with ${end} while it loaded the module${said}`;
  return checked < wanted
    ? unproved(reason)
    : fault(reason, "Look into what the module loads: native code can do that.");
}

/** Judges one try. */
export function judge(ran: Ran, scene: Omit<Scene, "altered">): Outcome {
  const { answer, off } = ran;
  const full = { ...scene, altered: off.length > 0 || (answer?.stubbed.length ?? 0) > 0 };
  if (answer === null) return judgeSilence(ran, full);
  const { verdict, variables, stubbed } = answer;
  switch (verdict.kind) {
    case "function":
      return { kind: "proved", needs: null, stubbed };
    case "unsettled":
      if (off.length > 0) return usesNetwork(off);
      return fault(
        "an await at its top level never ends: nothing is left that could end it",
        "Look for a promise that nobody resolves.",
      );
    case "exit": {
      const reason = `its module ends the process with exit code ${verdict.code} while it is loaded`;
      if (off.length > 0 || variables.length > 0) return unproved(reason, true);
      return fault(reason, "A handler's module has to stay: move what it does into the handler.");
    }
    case "failed": {
      const { failure } = verdict;
      // Threads cannot tell.
      if (isOff(failure)) return usesNetwork(off.length > 0 ? off : [reasonOf(failure, scene.root)]);
      const found = faultOf(failure, full);
      if (found !== null) return { kind: "fault", fault: found, failure, places: [] };
      const without =
        stubbed.length === 0 ? "" : `, with empty stubs for ${stubbed.join(", ")}, as none is installed here`;
      return unproved(
        `its module throws while it is loaded${without}: ${reasonOf(failure, scene.root)}`,
        true,
      );
    }
    default:
      return verdict;
  }
}
