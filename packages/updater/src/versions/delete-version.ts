import { defect, isSluiceError, type Problem } from "@sluice/core";
import { type Caller, call, failureClass } from "../call.ts";
import { VERSION_NUMBER } from "./read-versions.ts";

/** What came of a function version that was to be deleted. */
export type Deletion =
  | { readonly kind: "deleted" }
  /** Somebody else deleted it. */
  | { readonly kind: "gone" }
  /** AWS keeps this one: it has provisioned concurrency, is replicated to edge locations, or an alias names it by now. */
  | { readonly kind: "kept"; readonly problem: Problem }
  /** No other one could be deleted either. */
  | { readonly kind: "stopped"; readonly problem: Problem };

/**
 * Deletes one function version. DeleteFunction without a qualifier deletes the whole function: so nothing but a version's number
 * is ever sent.
 *
 * @throws SLUICE_DEFECT for a version that is no number
 */
export async function deleteVersion(caller: Caller, version: string): Promise<Deletion> {
  const { target } = caller.target;
  if (!VERSION_NUMBER.test(version))
    throw defect(`"${version}" is not the number of a function version`, `deleting a version of ${target}`);
  const before = caller.calls["DeleteFunction"] ?? 0;
  try {
    await call(caller, "DeleteFunction", (lambda, calls) =>
      lambda.deleteFunction({ FunctionName: target, Qualifier: version }, calls),
    );
    return { kind: "deleted" };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const [problem] = error.problems;
    const kind = failureClass(error);
    // A deletion whose answer was lost finds nothing the second time.
    const sent = (caller.calls["DeleteFunction"] ?? 0) - before;
    if (kind === "absent") return { kind: sent > 1 ? "deleted" : "gone" };
    return kind === "conflict" || kind === "invalid"
      ? { kind: "kept", problem }
      : { kind: "stopped", problem };
  }
}
