import { join } from "node:path";
import type { Artifact, Manifest } from "@sluice/core";
import { artifactFileNames } from "../artifact-files.ts";
import type { BuildWork } from "../build/session.ts";
import { formatManifest } from "../manifest.ts";
import { writeCacheFile } from "./cache-file.ts";

/**
 * A cached artifact whose manifest names this commit and package version: the same bytes may belong to a later commit.
 * Only the manifest is written, and only when it says otherwise.
 */
export function refreshed(work: BuildWork, artifact: Artifact): Artifact {
  const { packageVersion, ref } = work.input;
  const commit = ref?.commit ?? null;
  const dirty = ref?.dirty ?? null;
  const old = artifact.manifest;
  if (old.commit === commit && old.dirty === dirty && old.packageVersion === packageVersion) return artifact;
  const manifest: Manifest = { ...old, packageVersion, commit, dirty };
  const path = join(work.session.artifacts, artifactFileNames(work.fn.name).manifest);
  writeCacheFile(path, formatManifest(manifest));
  return { ...artifact, manifest };
}
