import { NAMELESS, parseRef } from "../ref-name.ts";
import { type CiService, given, type Variables } from "./claim.ts";

/** Documented as `refs/heads/main`, seen as `main`. */
function branchIn(env: Variables, name: string): string | null {
  const value = given(env, name);
  return value === null ? null : parseRef(value).branch;
}

/**
 * Azure Pipelines.
 *
 * learn.microsoft.com, "Use predefined variables": BUILD_SOURCEBRANCH is `refs/heads/…`, `refs/tags/…` or
 * `refs/pull/N/merge`; of a repository on GitHub, the number that people know is SYSTEM_PULLREQUEST_PULLREQUESTNUMBER.
 */
export const azure: CiService = {
  name: "azure",
  sign: "BUILD_BUILDURI",
  read: (env) => {
    const version = given(env, "BUILD_SOURCEBRANCH");
    const ref = version === null ? NAMELESS : parseRef(version);
    const rest = { commit: given(env, "BUILD_SOURCEVERSION"), doubt: null };
    const id =
      given(env, "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID") ??
      ref.pullRequest?.id ??
      null;
    if (id === null) return { ...ref, ...rest };
    return {
      branch: branchIn(env, "SYSTEM_PULLREQUEST_SOURCEBRANCH"),
      tag: null,
      pullRequest: { id, target: branchIn(env, "SYSTEM_PULLREQUEST_TARGETBRANCH") },
      ...rest,
    };
  },
};
