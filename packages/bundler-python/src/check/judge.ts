import { type Fault, faultOf, reasonOf, type Scene } from "./fault.ts";
import type { Verdict } from "./job.ts";
import type { Ran } from "./run-child.ts";

/** What one try, or all of them together, came to. */
export type Outcome =
  | {
      readonly kind: "proved";
      /** Variables without which it does not load, and what it says then; `null` when it needs none. */
      readonly needs: { readonly variables: readonly string[]; readonly reason: string } | null;
      readonly stubbed: readonly string[];
    }
  | Extract<Verdict, { kind: "missing" | "value" }>
  | { readonly kind: "fault"; readonly fault: Fault }
  /** Neither: the module depends on what a check does not have. `again`: whether other variables may help. */
  | { readonly kind: "unproved"; readonly reason: string; readonly again: boolean };

export type CheckScene = Pick<Scene, "minor" | "has" | "standIns"> & {
  /** Where the package was unpacked. */
  readonly root: string;
  readonly handler: string;
};

/** AWS Lambda's limit for loading a function (Developer Guide, "Lambda execution environment", init phase). */
export const INIT_SECONDS = 10;

/** Values that the child makes up for environment variables; a failure that speaks of one may come from it. */
export const INVENTED: readonly string[] = ["placeholder", "localhost.invalid", "https://localhost", "49151"];

function unproved(reason: string, again = false): Outcome {
  return { kind: "unproved", reason, again };
}

function fault(reason: string, hint: string): Outcome {
  return { kind: "fault", fault: { kind: "import", reason, hint, places: [] } };
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

/** Ends that this machine may be the reason of: an instruction that its processor lacks, or no memory left. */
const OF_MACHINE = /signal SIG(?:ILL|BUS|KILL)|exit code 3221225501/;

/** It ended, or was ended, before it could tell anything. */
function judgeSilence({ off, timedOut, started, end, tail }: Ran): Outcome {
  if (end === null || !started) return unproved(`Python could not be started: ${tail.trim() || end}`);
  if (off.length > 0) return usesNetwork(off);
  if (timedOut) {
    return fault(
      `it is still not loaded after ${INIT_SECONDS} s, the time that Lambda gives it: an endless loop, or something that it waits for`,
      "Move the work from the module's top level into the handler.",
    );
  }
  const said = tail.trim() === "" ? "" : `:\n${tail.trim().split("\n").slice(-6).join("\n")}`;
  const reason = `Python ended with ${end} while it loaded the module${said}`;
  return OF_MACHINE.test(end)
    ? unproved(reason)
    : fault(reason, "Look into what the module loads: native code can do that, and os._exit().");
}

/** Judges one try. */
export function judge(ran: Ran, scene: CheckScene): Outcome {
  const { answer, off } = ran;
  if (answer === null) return judgeSilence(ran);
  const { verdict, variables, stubbed } = answer;
  switch (verdict.kind) {
    case "function":
      return { kind: "proved", needs: null, stubbed };
    case "malformed":
      return fault(
        `${scene.handler} names no module and function`,
        "Give handler as module.function, as app.handler, or with folders as orders/app.handler.",
      );
    case "builtin":
      return fault(
        `${verdict.module} is a module that is built into Python, which Lambda refuses as a handler's`,
        "Give the module another name, in its file and in handler.",
      );
    case "exit": {
      const reason = `its module ends the process with exit code ${verdict.code} while it is loaded`;
      if (off.length > 0 || variables.length > 0) return unproved(reason, true);
      return fault(reason, "A handler's module has to stay: move what it does into the handler.");
    }
    case "failed": {
      const { failure } = verdict;
      const altered = off.length > 0 || stubbed.length > 0;
      const found = faultOf(failure, { ...scene, altered }, scene.root);
      if (found !== null) return { kind: "fault", fault: found };
      if (off.length > 0) return usesNetwork(off);
      if (failure.ofPython) return unproved(`this machine's Python was built without ${failure.missing}`);
      const without = stubbed.length === 0 ? "" : `, with empty stubs for ${stubbed.join(", ")}`;
      return unproved(
        `its module throws while it is loaded${without}: ${reasonOf(failure, scene.root)}`,
        true,
      );
    }
    case "unloaded":
      return unproved("it was not loaded");
    default:
      return verdict;
  }
}
