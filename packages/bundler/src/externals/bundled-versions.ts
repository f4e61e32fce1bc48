import { findLockfilePath } from "../lockfile/find-lockfile.ts";
import type { Session } from "../session.ts";
import { packageFolderOf } from "./installation.ts";
import { type BundledVersion, bundledNotice } from "./lock-check.ts";
import { withoutVirtual } from "./package-reader.ts";
import { packagesOf } from "./session-packages.ts";

/** Installed packages among the inputs of builds, each once. */
function bundledVersions(session: Session, inputs: Iterable<string>): BundledVersion[] {
  const { reader } = packagesOf(session).outside.installation;
  const folders = new Set<string>();
  for (const input of inputs) {
    const folder = packageFolderOf(`/${input}`)?.slice(1);
    if (folder !== undefined) folders.add(folder);
  }
  const versions = [...folders].flatMap((folder): [string, BundledVersion][] => {
    const manifest = reader.manifest(withoutVirtual(`${session.root}/${folder}`));
    const { name = null, version = null } = manifest ?? {};
    return name === null || version === null ? [] : [[`${name}@${version}`, { name, version }]];
  });
  return [...new Map(versions).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}

/** Tells, once, of bundled packages that are installed in other versions than locked. A lockfile that cannot be read tells nothing. */
export async function tellBundled(session: Session, inputs: Iterable<string>): Promise<void> {
  const shared = packagesOf(session);
  const path = findLockfilePath(session.root, session.repository);
  if (path === null || path.endsWith(".lockb")) return;
  const bundled = bundledVersions(session, inputs);
  const notice = await bundledNotice(session.root, path, bundled, shared.lockfile).catch(() => null);
  if (notice !== null) shared.notice(notice);
}
