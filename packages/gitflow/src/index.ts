export { GITFLOW } from "@sluice/core";
export { gitflowErrors } from "./errors.ts";
export { gitflow } from "./gitflow.ts";
export { gitHistory } from "./history/git-history.ts";
export { resolveCommit } from "./history/resolve-commit.ts";
export * from "./map-branch.ts";
export * from "./read-git-ref.ts";
