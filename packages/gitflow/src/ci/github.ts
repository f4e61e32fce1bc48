import { readFileSync } from "node:fs";
import { parseRef } from "../ref-name.ts";
import { type CiService, given, type Variables } from "./claim.ts";

/** `pull_request_target` runs on the base branch: only the event's file knows the number. */
function numberFromEvent(env: Variables): string | null {
  try {
    const event = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH ?? "", "utf8")) as {
      pull_request?: { number?: unknown };
    };
    const number = event.pull_request?.number;
    return typeof number === "number" ? String(number) : null;
  } catch {
    return null;
  }
}

/**
 * GitHub Actions, and what follows its variables (Gitea, Forgejo).
 *
 * docs.github.com, "Variables reference" and "Events that trigger workflows": a pull request's ref is
 * `refs/pull/N/merge`, except under `pull_request_target`, where it is the base branch's.
 */
export const github: CiService = {
  name: "github",
  sign: "GITHUB_ACTIONS",
  read: (env) => {
    const ref = parseRef(given(env, "GITHUB_REF") ?? "");
    const branch = ref.branch === "" ? null : ref.branch;
    const isPullRequest = ref.pullRequest !== null || /^pull_request/.test(env.GITHUB_EVENT_NAME ?? "");
    const rest = { commit: given(env, "GITHUB_SHA"), doubt: null };
    if (!isPullRequest) return { branch, tag: ref.tag, pullRequest: null, ...rest };
    const id = ref.pullRequest?.id ?? numberFromEvent(env) ?? "unknown";
    const target = given(env, "GITHUB_BASE_REF");
    return { branch: given(env, "GITHUB_HEAD_REF"), tag: null, pullRequest: { id, target }, ...rest };
  },
};
