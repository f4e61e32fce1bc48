import type { PlanInput } from "@sluice/core";

const NAMES: readonly string[] = ["prod", "production"];
const BRANCHES: readonly string[] = ["main", "master"];

/** Whether an environment is where releases go: by its name, or since main or master maps to it. */
export function isProduction({ config, environment }: Pick<PlanInput, "config" | "environment">): boolean {
  if (NAMES.includes(environment.name)) return true;
  return config.branches.some(
    (rule) => rule.environment === environment.name && BRANCHES.includes(rule.pattern),
  );
}
