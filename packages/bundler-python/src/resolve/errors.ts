import { type SluiceError, usageError } from "@sluice/core";
import type { PythonRun } from "../run.ts";

const WAYS_OUT =
  "build a wheel of it for the function's platform into a folder that `python.findLinks` names, or put it into a layer and name it in `provided`";

/** What can go wrong while a function's dependencies are resolved. `where`: the file that lists them. Texts are redacted. */
export const resolveErrors = {
  noPython: (where: string, minor: number, tool: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_NOT_FOUND",
      `${tool} needs a Python to run, and none was found on this machine.`,
      `Install Python 3 (of any version; 3.${minor} also lets the function's import be checked), or put it on the PATH. A pylock.toml needs none.`,
      where,
    ),
  packageUnknown: (where: string, name: string, places: readonly string[]): SluiceError =>
    usageError(
      "SLUICE_PYTHON_PACKAGE_UNKNOWN",
      `There is no package ${name} in ${places.length > 0 ? places.join(" or ") : "the package index"}.`,
      "Correct its name; a module's name is often another than its package's, as yaml is in PyYAML. A private package needs its index: PIP_EXTRA_INDEX_URL, UV_INDEX, or a line in the file.",
      where,
    ),
  /** `newest`: what there is; `places`: where that was looked for. */
  versionUnknown: (
    where: string,
    requirement: string,
    newest: readonly string[],
    places: readonly string[],
  ): SluiceError =>
    usageError(
      "SLUICE_PYTHON_VERSION_UNKNOWN",
      `There is no version of the package that ${requirement} allows.`,
      newest.length > 0
        ? `The newest that the index has: ${newest.join(", ")}.`
        : `The index lists no file of it: look whether a login page, or one of a proxy, answers at ${places.join(" or ")}.`,
      where,
    ),
  conflict: (where: string, premises: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_CONFLICT",
      `The requirements cannot be met together: ${premises}.`,
      "Loosen one of them. Where a package is in several indexes, the first that has it decides; UV_INDEX_STRATEGY=unsafe-best-match looks into all.",
      where,
    ),
  /** `what`: as `numpy 1.20.0`. `existing`: what there is instead. `other`: a version that fits. */
  noWheel: (
    where: string,
    what: string,
    wanted: string,
    existing: string,
    other: string | null,
    needed: string,
  ): SluiceError =>
    usageError(
      "SLUICE_PYTHON_NO_WHEEL",
      `No wheel of ${what} fits the function: it needs ${wanted}; ${existing}${needed === "" ? "" : ` (${needed})`}.`,
      `Nothing is compiled here. ${other === null ? "Take another package or runtime" : `Take version ${other}, which has a wheel that fits`}, ${WAYS_OUT}.`,
      where,
    ),
  /** `requirement`: the same as pip takes it. */
  onlySource: (where: string, what: string, requirement: string, other: string | null): SluiceError =>
    usageError(
      "SLUICE_PYTHON_NO_WHEEL",
      `${what} is there as a source distribution only, and sources of packages are not built here.`,
      `${other === null ? "Take another package" : `Take version ${other}, which has a wheel that fits`}, ${WAYS_OUT}: \`pip wheel --no-deps "${requirement}" -w wheels\` is enough for pure Python.`,
      where,
    ),
  /** `needed`: who asks for it, where that is another package and known. */
  onlySystem: (where: string, what: string, platform: "Windows" | "macOS", needed: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_NO_WHEEL",
      `${what} is for ${platform} only; AWS Lambda is Linux${needed === "" ? "" : ` (${needed})`}.`,
      needed === ""
        ? `Leave it out where it is not needed: add \`; sys_platform == "${platform === "Windows" ? "win32" : "darwin"}"\` to its line. If another package asks for it, that one is to blame.`
        : "Take a version of the package that asks for it which does not on Linux, or leave that package out.",
      where,
    ),
  fromGit: (where: string, what: string, reason: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_GIT_SOURCE",
      `${what} comes from a version control system, not as a wheel${reason === "" ? "" : `: ${reason}`}.`,
      "Build a wheel of the commit that you want into a folder of the repository, name the folder in `python.findLinks`, and require `name==version`; or publish it to an index.",
      where,
    ),
  sourceArchive: (where: string, what: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_NO_WHEEL",
      `${what} is a source archive, and sources of packages are not built here.`,
      `Name its wheel instead, ${WAYS_OUT}.`,
      where,
    ),
  pythonExcluded: (where: string, what: string, requires: string, runtime: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_RUNTIME_EXCLUDED",
      `${what} wants Python ${requires}, and the function's runtime is ${runtime}.`,
      "Give the function a runtime that is allowed, widen `requires-python`, or take a version of the package that allows the runtime.",
      where,
    ),
  lockNeedsUv: (where: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_LOCK_NEEDS_UV",
      "uv.lock is read with uv, and pip is all there is.",
      "Install uv, name one with SLUICE_UV=/path/to/uv, or commit what `uv export --format pylock.toml -o pylock.toml` writes.",
      where,
    ),
  lockUnusable: (where: string, reason: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_LOCK_UNUSABLE",
      `uv cannot use the lockfile: ${reason}`,
      "Run `uv lock` in that folder and commit uv.lock; a lock of a newer uv needs a newer one here, too.",
      where,
    ),
  hashMissing: (where: string, names: readonly string[]): SluiceError =>
    usageError(
      "SLUICE_PYTHON_HASH_MISSING",
      `All requirements must have hashes when one has, and these have none: ${names.join(", ")}.`,
      "Write the file anew with all that it needs: `uv pip compile --generate-hashes` or `pip-compile --generate-hashes`.",
      where,
    ),
  hashNotAllowed: (where: string, what: string, filename: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_HASH_NOT_ALLOWED",
      `The hashes that are written down for ${what} are of other files: what fits the function is ${filename}.`,
      "Generate the hashes for all platforms: `uv pip compile --generate-hashes` takes every file of a version.",
      where,
    ),
  findLinksMissing: (run: PythonRun, folder: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_FIND_LINKS",
      `\`findLinks\` names ${folder}, which is no folder.`,
      "Correct the path: it starts at the repository's root. In CI, the folder has to be committed, or made before the build.",
      `${run.where}.python.findLinks`,
    ),
  /** `requirement`: as `numpy==1.20.0`. */
  noFile: (where: string, requirement: string, places: readonly string[]): SluiceError =>
    usageError(
      "SLUICE_PYTHON_WHEEL_DAMAGED",
      `What the index gives for the file of ${requirement.replace("==", " ")} is no wheel.`,
      `Look whether a login page, or one of a proxy, answers in the place of files of ${places.join(" or ")}.`,
      where,
    ),
  /** A wheel that a requirement names by its path. */
  wheelDamaged: (where: string, filename: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_WHEEL_DAMAGED",
      `${filename} is no wheel that can be read: it is damaged, not made as wheels are, or no zip at all.`,
      "Build it again, or fetch it again: Git LFS may have left a pointer in its place.",
      where,
    ),
  offline: (where: string, name: string | null): SluiceError =>
    usageError(
      "SLUICE_PYTHON_OFFLINE",
      `${name ?? "A package"} is not in uv's cache, and the network is switched off.`,
      "Unset UV_OFFLINE, or resolve once with network: what was resolved is remembered in .sluice/cache.",
      where,
    ),
  failed: (where: string, tool: string, tail: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_RESOLVE_FAILED",
      `${tool} could not resolve the dependencies:\n${tail}`,
      "Mend what it says. SLUICE_PYTHON_INSTALLER=pip or =uv takes the other resolver.",
      where,
    ),
  timedOut: (where: string, tool: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_RESOLVE_FAILED",
      `${tool} did not end within ten minutes.`,
      "Pin the versions, so that there is little to try, and look whether the index answers.",
      where,
    ),
  projectBuild: (where: string, project: string, tail: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_PROJECT_BUILD",
      `The project ${project} could not be built:\n${tail}`,
      "See that `uv build --wheel` or `pip wheel --no-deps .` works in that folder; what its build system asks for must be in the index.",
      where,
    ),
  projectMisfit: (where: string, project: string, filename: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_PROJECT_MISFIT",
      `The project ${project} was built for this machine, as ${filename}, which does not fit the function.`,
      "Build its wheel on the function's platform, put it into a folder that `python.findLinks` names, and require it by name and version.",
      where,
    ),
  projectMissing: (where: string, project: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_PROJECT_BUILD",
      `The project ${project} is not there, or has neither pyproject.toml nor setup.py.`,
      "Correct the path of the requirement; it must lie in the repository.",
      where,
    ),
};
