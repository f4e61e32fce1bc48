import type { RecordedLayer, RecordSummary } from "@sluice/artifact";
import type { Aws } from "@sluice/aws";
import type { ApplyInput, Artifact, Digest, RunContext, Target } from "@sluice/core";
import type { TargetRun } from "../apply/target-run.ts";

/** Code that was brought to a target, as its record tells. */
export interface DeployedCode {
  readonly digest: Digest;
  /** Base64, as AWS gives it. */
  readonly codeSha256: string;
  readonly commit: string | null;
  /** ISO 8601, where it is known without asking git. */
  readonly committedAt?: string | null;
  readonly packageVersion: string | null;
  /** Package version of Sluice that built it, empty when it is not known. */
  readonly sluice: string;
  readonly layers: readonly RecordedLayer[];
  readonly image: string | null;
}

/** A target that was deployed to, one way or another. */
export interface Deployed {
  readonly input: ApplyInput;
  readonly context: RunContext;
  /** AWS in the target's region. */
  readonly aws: Aws;
  readonly target: Target;
  readonly code: DeployedCode;
  /** What callers had before; `null` when it is not known. */
  readonly previous: { readonly version: string | null; readonly codeSha256: string | null } | null;
  /** Its newest records, asked for ahead; `null` when that failed. */
  readonly before?: Promise<readonly RecordSummary[] | null>;
}

/** What an artifact's manifest tells of its code. The commit is the one that is deployed, which may have been built as another one. */
export function codeOf(
  artifact: Artifact,
  { command, ref }: Pick<ApplyInput, "command" | "ref">,
): DeployedCode {
  const { manifest, image = null, layers = [] } = artifact;
  return {
    digest: manifest.digest,
    codeSha256: manifest.codeSha256,
    // A rollback's commit is where somebody stood when it was asked for, and says nothing of the code.
    commit: command === "rollback" ? manifest.commit : (ref.commit ?? manifest.commit),
    packageVersion: manifest.packageVersion,
    sluice: manifest.tools.sluice ?? "",
    layers: layersOf(layers),
    image,
  };
}

export function layersOf(layers: NonNullable<Artifact["layers"]>): readonly RecordedLayer[] {
  return layers.map(({ layer, manifest }) => ({ layer, digest: manifest.digest }));
}

/** @param currentCodeSha256 - what callers had before, base64 */
export function deployedBy(run: TargetRun, currentCodeSha256: string | null): Deployed {
  const { input, context, aws, target, artifact, previousVersion } = run;
  const isKnown = previousVersion !== null || currentCodeSha256 !== null;
  const previous = isKnown ? { version: previousVersion, codeSha256: currentCodeSha256 } : null;
  return { input, context, aws, target, code: codeOf(artifact, input), previous };
}
