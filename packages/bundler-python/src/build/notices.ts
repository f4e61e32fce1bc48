import { type PythonSession, tellOnce } from "../session.ts";
import type { OpenedDependencies } from "./opened.ts";

const MOST = 3;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST).join(", ");
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}

/** Says once, when all functions are done, which files leave versions open. */
export function tellUnpinned(session: PythonSession): void {
  const { unpinned, waitingFor } = session;
  if (waitingFor.size > 0 || unpinned.size === 0) return;
  const files = [...unpinned.keys()].sort();
  const names = [...new Set([...unpinned.values()].flat())].sort();
  unpinned.clear();
  const verb = files.length === 1 ? "does" : "do";
  const message = `${listed(files)} ${verb} not fix the version of ${listed(names)}: another machine, or another day, may pack another one. A lockfile does (uv lock, or uv pip compile).`;
  tellOnce(session, message);
}

/** Tells what there is to tell of requirements, once in a run. */
export function tellDependencies(session: PythonSession, { dependencies }: OpenedDependencies): void {
  for (const message of dependencies?.notices ?? []) tellOnce(session, message);
  if (dependencies === null || dependencies.unpinned.length === 0) return;
  session.unpinned.set(dependencies.label, dependencies.unpinned);
  tellUnpinned(session);
}
