import { type PythonSession, tellOnce } from "../session.ts";
import type { OpenedDependencies } from "./opened.ts";

function unpinnedNotice(label: string, names: readonly string[]): string {
  const shown =
    names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  return `${label} does not fix the version of ${shown}: another machine, or another day, may pack another one. A lockfile does (uv lock, or uv pip compile).`;
}

/** Tells what there is to tell of requirements, once in a run. */
export function tellDependencies(session: PythonSession, { dependencies }: OpenedDependencies): void {
  for (const message of dependencies?.notices ?? []) tellOnce(session, message);
  if (dependencies !== null && dependencies.unpinned.length > 0)
    tellOnce(session, unpinnedNotice(dependencies.label, dependencies.unpinned));
}
