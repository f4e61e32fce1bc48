import type { Dependencies, ResolveRequest } from "../dependencies.ts";
import type { Reading } from "./reading.ts";

export type RequirementsRequest = Extract<ResolveRequest, { type: "requirements" }>;

type Own = Pick<Dependencies, "kind" | "label" | "folder" | "request" | "unpinned">;

/** Joins what one kind of file came to with what was read on the way. */
export function dependenciesOf(reading: Reading, own: Own): Dependencies {
  return {
    ...own,
    files: [...reading.files].sort(),
    lookedFor: [...reading.lookedFor].sort(),
    notices: [...reading.notices],
    indexes: [...reading.indexes],
    secrets: [...reading.secrets].sort(),
    variables: [...reading.variables].sort(),
  };
}
