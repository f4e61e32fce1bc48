import { NAMELESS, parseRef, type RefName } from "../ref-name.ts";
import { type CiClaim, type CiService, given, type Variables } from "./claim.ts";

type Named = RefName & Pick<CiClaim, "doubt">;

function plain(name: RefName): Named {
  return { ...name, doubt: null };
}

/** `branch/develop`, `tag/v1.0.0` or `pr/7`. */
function fromTrigger(env: Variables): Named | null {
  const [, kind, name] = /^(branch|tag|pr)\/(.+)$/.exec(env.CODEBUILD_WEBHOOK_TRIGGER ?? "") ?? [];
  if (kind === undefined || name === undefined) return null;
  if (kind === "tag") return plain({ ...NAMELESS, tag: name });
  if (kind === "branch") return plain({ ...NAMELESS, branch: name });
  const head = parseRef(given(env, "CODEBUILD_WEBHOOK_HEAD_REF") ?? "").branch;
  const base = parseRef(given(env, "CODEBUILD_WEBHOOK_BASE_REF") ?? "").branch;
  const pullRequest = { id: name, target: base === "" ? null : base };
  return plain({ branch: head === "" ? null : head, tag: null, pullRequest });
}

/** What someone or a schedule started the build with: a branch, a tag, `pr/7`, a commit, or where CodePipeline put a zip. */
function fromSourceVersion(env: Variables): Named {
  const version = given(env, "CODEBUILD_SOURCE_VERSION")?.replace(/\^\{[^}]*\}$/, "");
  if (version === undefined || /^arn:|^[0-9a-f]{7,64}$/.test(version)) return plain(NAMELESS);
  const review = /^pr\/(\d+)/.exec(version)?.[1];
  if (review !== undefined) return plain({ ...NAMELESS, pullRequest: { id: review, target: null } });
  return { ...parseRef(version), doubt: version.startsWith("refs/") ? null : "tag" };
}

/**
 * AWS CodeBuild, started by a webhook, a person, a schedule or CodePipeline. In CodePipeline no variable names the branch.
 *
 * docs.aws.amazon.com, CodeBuild, "Environment variables in build environments" and "Source version sample".
 */
export const codebuild: CiService = {
  name: "codebuild",
  sign: "CODEBUILD_BUILD_ID",
  read: (env) => ({
    ...(fromTrigger(env) ?? fromSourceVersion(env)),
    commit: given(env, "CODEBUILD_RESOLVED_SOURCE_VERSION"),
  }),
};
