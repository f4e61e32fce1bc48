import { normalizeName } from "../wheels/wheel-name.ts";
import { requirementErrors } from "./errors.ts";
import type { Project } from "./project.ts";
import { parseRequirement } from "./requirement.ts";

/**
 * Requirements of a dependency group, with those of the groups that it includes, as written.
 *
 * @param where - who asks for the group
 * @throws SLUICE_PYTHON_GROUP_UNKNOWN, SLUICE_PYTHON_GROUPS_CIRCULAR
 */
export function groupRequirements(
  project: Project,
  group: string,
  where: string,
  chain: readonly string[] = [],
): string[] {
  const name = normalizeName(group);
  if (chain.includes(name)) throw requirementErrors.groupsCircular(project.label, [...chain, name]);
  const entries = project.groups.get(name);
  if (entries === undefined && chain.length === 0)
    throw requirementErrors.groupUnknown(where, group, project.label, [...project.groups.keys()]);
  if (entries === undefined)
    throw requirementErrors.projectInvalid(
      project.label,
      `the group ${chain.at(-1)} includes ${name}, which is not there.`,
    );
  return entries.flatMap((entry) =>
    typeof entry === "string" ? [entry] : groupRequirements(project, entry.include, where, [...chain, name]),
  );
}

/**
 * Requirements of an extra, as written; `name[other]` of the project itself stands for the other extra's.
 *
 * @param where - who asks for the extra
 * @throws SLUICE_PYTHON_EXTRA_UNKNOWN
 */
export function extraRequirements(project: Project, extra: string, where: string): string[] {
  const seen = new Set<string>();
  const expand = (name: string): string[] => {
    if (seen.has(name)) return [];
    seen.add(name);
    const own = project.extras.get(name);
    if (own === undefined && project.fromBackend) return [];
    if (own === undefined)
      throw requirementErrors.extraUnknown(where, name, project.label, [...project.extras.keys()]);
    return own.flatMap((text) => {
      const requirement = parseRequirement(text);
      const isOwn = requirement !== null && project.name !== null && requirement.name === project.name;
      return isOwn ? requirement.extras.flatMap(expand) : [text];
    });
  };
  return expand(normalizeName(extra));
}
