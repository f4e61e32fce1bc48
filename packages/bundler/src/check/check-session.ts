import type { RunContext } from "@sluice/core";
import { type CheckNode, findNode, majorOf, type NodeFor, OWN_NODE } from "./find-node.ts";
import type { CheckResult } from "./judge.ts";
import { createNotices, type Notices } from "./notices.ts";
import { createSharedScratch, type SharedScratch } from "./scratch.ts";

/** What the checks of one run share. */
export interface CheckSession {
  /** The Node.js to check a runtime's functions with: its own major, or the one that runs this. */
  nodeOf(major: number): Promise<CheckNode>;
  /** Same package, same handler, same environment: one check. */
  readonly outcomes: Map<string, Promise<CheckResult>>;
  readonly scratch: SharedScratch;
  /** Functions that are not checked, by reason. */
  readonly skipped: Notices;
  /** Functions that are checked with another Node.js than the runtime's, by what there is to say. */
  readonly otherNode: Notices;
  /** Says what was collected for several functions once none of them is at work any more. */
  grouped<T>(work: () => Promise<T>): Promise<T>;
}

/** `nodeFor`: where to look for a Node.js instead of this machine's usual places. */
export function createCheckSession(context: RunContext, nodeFor: NodeFor | undefined): CheckSession {
  const nodes = new Map<number, Promise<CheckNode>>();
  const find = nodeFor ?? ((major: number) => findNode(major, context.env));
  const notice = (message: string): void => context.emit({ type: "notice", message });
  const skipped = createNotices((reason, functions) =>
    notice(`${functions.join(", ")}: the import check was skipped, as ${reason}.`),
  );
  const otherNode = createNotices((reason, functions) => notice(`${functions.join(", ")}: ${reason}`));
  let atWork = 0;
  return {
    nodeOf: (major) => {
      const known = nodes.get(major);
      if (known !== undefined) return known;
      const found = find(major).then((node) => node ?? OWN_NODE);
      nodes.set(major, found);
      return found;
    },
    outcomes: new Map(),
    scratch: createSharedScratch(),
    skipped,
    otherNode,
    grouped: async (work) => {
      atWork += 1;
      try {
        return await work();
      } finally {
        atWork -= 1;
        if (atWork === 0) for (const notices of [skipped, otherNode]) notices.flush();
      }
    },
  };
}

/** What to say when a check does not run the runtime's own major, else `null`. */
export function otherNodeNotice(node: CheckNode, wanted: number): string | null {
  const major = majorOf(node.version);
  if (major === wanted) return null;
  return `the import check used Node.js ${major}: the runtime's ${wanted} is not on this machine. SLUICE_NODE_${wanted} can name one.`;
}
