export { type DecideOptions, type Decision, DIRECT_UPLOAD_BYTES, decide } from "./decide.ts";
export { describe } from "./describe.ts";
export { fits } from "./fits.ts";
export { layers } from "./layers/layers.ts";
export { branchSlug, targetName } from "./names.ts";
export type { FunctionState, Observed } from "./observed.ts";
export type { UpdateChange, UpdateState } from "./plan.ts";
export type { Door, UpdateExistingOptions } from "./settings.ts";
export { updateExisting } from "./update-existing.ts";
