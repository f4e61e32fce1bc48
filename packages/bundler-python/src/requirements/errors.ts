import { type SluiceError, usageError } from "@sluice/core";

const PIP_FORMAT =
  "as `requests==2.32.5`, `requests[socks]>=2.31,<3`, `name @ https://…/name-1.0-py3-none-any.whl`";

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: "it is a folder.",
  EACCES: "this user may not read it.",
  EPERM: "this user may not read it.",
  ELOOP: "it is a link that leads to itself.",
};

/** What can be wrong with the files that say what a function needs. Texts given here hold no credentials. */
export const requirementErrors = {
  lineInvalid: (where: string, line: string, hint?: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_REQUIREMENT_INVALID",
      `This is no requirement and no option of pip: \`${line}\``,
      hint ?? `Write one requirement a line, ${PIP_FORMAT}, or leave it out.`,
      where,
    ),
  fileMissing: (where: string, file: string, asked: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_REQUIREMENTS_NOT_FOUND",
      `${asked} names ${file}, which does not exist.`,
      "Correct the path: in the configuration it starts at the repository's root, after `-r` and `-c` at the file that holds the line.",
      where,
    ),
  /** `reason`: a sentence, or a code of the file system. */
  unreadable: (where: string, reason: string, cause?: unknown): SluiceError =>
    usageError(
      "SLUICE_PYTHON_REQUIREMENTS_UNREADABLE",
      `The file cannot be read: ${REASONS[reason] ?? reason}`,
      reason === "EISDIR"
        ? "Name a file, or rename the folder."
        : "Save it as UTF-8, readable for whoever builds.",
      where,
      cause,
    ),
  noList: (where: string, file: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_REQUIREMENTS_UNREADABLE",
      `\`requirements\` names ${file}, which is no list of requirements.`,
      "Name a file in the format of requirements.txt; `./wheels/name.whl` and `.`, for the project itself, are lines of one.",
      where,
    ),
  circular: (where: string, chain: readonly string[]): SluiceError =>
    usageError(
      "SLUICE_PYTHON_REQUIREMENTS_CIRCULAR",
      `The files include each other in a circle: ${chain.join(" → ")}`,
      "Take one of the `-r` or `-c` lines out.",
      where,
    ),
  variableMissing: (where: string, name: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_VARIABLE_MISSING",
      `The file needs the environment variable ${name}, which is not set.`,
      `Set ${name} where Sluice runs, in CI as a masked variable.`,
      where,
    ),
  mixed: (where: string, files: readonly string[]): SluiceError =>
    usageError(
      "SLUICE_PYTHON_REQUIREMENTS_MIXED",
      `A lockfile stands for itself, but \`requirements\` names ${files.join(" and ")}.`,
      "Name the lockfile alone, or only files in the format of requirements.txt and pyproject.toml.",
      where,
    ),
  pathMissing: (where: string, name: string, reason = "does not exist on this machine"): SluiceError =>
    usageError(
      "SLUICE_PYTHON_REQUIREMENT_PATH",
      `The requirement stands for ${name}, which ${reason}.`,
      "Correct the path: it starts at the folder of the file. A path that `pip freeze` or conda wrote is to be replaced by `name==version`.",
      where,
    ),
  projectInvalid: (where: string, reason: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_PROJECT_INVALID",
      `The project's description cannot be used: ${reason}`,
      "Correct it as packaging.python.org's pyproject.toml specification has it.",
      where,
    ),
  groupUnknown: (where: string, group: string, file: string, known: readonly string[]): SluiceError =>
    usageError(
      "SLUICE_PYTHON_GROUP_UNKNOWN",
      `\`groups\` names ${group}, which ${file} does not have.`,
      choices("groups", known),
      where,
    ),
  extraUnknown: (where: string, extra: string, file: string, known: readonly string[]): SluiceError =>
    usageError(
      "SLUICE_PYTHON_EXTRA_UNKNOWN",
      `\`extras\` names ${extra}, which ${file} does not have.`,
      choices("extras", known),
      where,
    ),
  groupsCircular: (where: string, chain: readonly string[]): SluiceError =>
    usageError(
      "SLUICE_PYTHON_GROUPS_CIRCULAR",
      `Dependency groups include each other in a circle: ${chain.join(" → ")}`,
      "Take one of the `include-group` entries out.",
      where,
    ),
  lockInvalid: (where: string, reason: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_LOCK_INVALID",
      `The lockfile cannot be used: ${reason}`,
      "Restore it from git, or let its tool write it anew: a merge may have left it half-done.",
      where,
    ),
  lockUnsupported: (where: string, format: string, command: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_LOCK_UNSUPPORTED",
      `The lockfile has the format ${format}, which Sluice does not read.`,
      `Write it anew with a current version of its tool: \`${command}\`. If it is newer than this Sluice, update Sluice.`,
      where,
    ),
  lockStale: (where: string, source: string, reason: string, command: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_LOCK_STALE",
      `The lockfile is not what ${source} asks for any more: ${reason}`,
      `Run \`${command}\` and commit the lockfile.`,
      where,
    ),
  lockMissing: (where: string, lock: string, command: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_LOCK_MISSING",
      `There is no ${lock} beside it, and only that tells which versions are meant.`,
      `Run \`${command}\` and commit ${lock}, or name another file in the function's \`python.requirements\`.`,
      where,
    ),
  lockOtherPython: (where: string, locked: string, runtime: string, command: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_LOCK_OTHER_PYTHON",
      `The lockfile was made for Python ${locked}, and the function's runtime is ${runtime}.`,
      `Widen the project's Python versions and run \`${command}\`, or give the function a runtime that is locked.`,
      where,
    ),
};

function choices(what: string, known: readonly string[]): string {
  if (known.length === 0) return `Take it out of \`python.${what}\`: the file has no ${what}.`;
  return `It has ${[...known].sort().join(", ")}.`;
}
