import { createFileStates, type FileStates } from "../cache/fingerprint.ts";
import { tellBundled } from "../externals/bundled-versions.ts";
import { rememberOutside } from "../externals/outside.ts";
import { packagesOf } from "../externals/session-packages.ts";
import type { Session } from "../session.ts";
import { buildGroup, type GroupResult } from "./build.ts";
import type { NodeEntry } from "./entry.ts";
import { notifyOf } from "./failure.ts";
import type { NodeGroup } from "./options.ts";

/** The build of a group, with what all its functions need to know of it. */
export interface ModuleBuild extends GroupResult {
  /** In ms since the epoch. */
  readonly startedAt: number;
  /** Files as they are after it: most are read by several functions. */
  readonly files: FileStates;
}

/** Builds the modules of a group together, and says what all of them have in common. */
export async function buildModules(
  session: Session,
  group: NodeGroup,
  entries: readonly NodeEntry[],
): Promise<ModuleBuild> {
  const { root, cache, context } = session;
  const startedAt = context.now();
  const { outside } = packagesOf(session);
  const result = await buildGroup(root, group, entries, context.signal, outside);
  rememberOutside(outside, cache);
  await tellBundled(session, result);
  notifyOf(result, context);
  return { ...result, startedAt, files: createFileStates(root) };
}
