import { linkLeaves, machineMisfit } from "@sluice/artifact";
import { type SluiceError, usageError } from "@sluice/core";
import { formatPlace, type Place } from "../errors.ts";
import type { PackageManager } from "../lockfile/locked-package.ts";

/** How the packages are installed as the lockfile has them. */
const INSTALL: Readonly<Record<PackageManager, string>> = {
  npm: "npm ci",
  pnpm: "pnpm install --frozen-lockfile",
  yarn: "yarn install --immutable (yarn 1: --frozen-lockfile)",
  bun: "bun install --frozen-lockfile",
};

/** How each package manager is told to install, or at least lock, builds of other platforms. */
const OTHER_PLATFORM: Readonly<Record<PackageManager, (cpu: string) => string>> = {
  npm: (cpu) =>
    `npm install --os=linux --cpu=${cpu} --libc=glibc, or lock it anew: a package-lock.json made with node_modules of one platform can lack the others`,
  pnpm: (cpu) =>
    `supportedArchitectures: { os: [current, linux], cpu: [current, ${cpu}], libc: [current, glibc] } in pnpm-workspace.yaml, then pnpm install`,
  yarn: (cpu) =>
    `supportedArchitectures: { os: [current, linux], cpu: [current, ${cpu}], libc: [current, glibc] } in .yarnrc.yml, then yarn install`,
  bun: (cpu) => `bun install --os=linux --cpu=${cpu}`,
};

/** Who needs a package: an importing file's place, `functions.x.include`, or the package that depends on it. */
export function externalNotInstalled(
  functionName: string,
  name: string,
  neededBy: string,
  where: string,
): SluiceError {
  return usageError(
    "SLUICE_EXTERNAL_NOT_INSTALLED",
    `${functionName}: the package ${name}, which is not bundled, is not installed. It is needed by ${neededBy}.`,
    `Install it (npm install ${name}); where the runtime or a layer of someone else's has it, name it in the function's provided.`,
    where,
  );
}

/** @param chain - files from the entry to the one that imports it */
export function awsSdk2Missing(
  functionName: string,
  specifier: string,
  chain: readonly string[],
  place: Place | null,
): SluiceError {
  const path = chain.length > 1 ? ` Imported through ${chain.join(" → ")}.` : "";
  return usageError(
    "SLUICE_AWS_SDK_V2",
    `${functionName}: "${specifier}" is version 2 of the AWS SDK. It is not installed, and no runtime in service has it: nodejs16.x was the last.${path}`,
    "Move to the clients of version 3 (npx aws-sdk-js-codemod), or install aws-sdk, whose support ended in 2025, to have it bundled.",
    place === null ? undefined : formatPlace(place),
  );
}

export function externalVersions(
  functionName: string,
  name: string,
  versions: readonly { readonly version: string | null; readonly importer: string }[],
): SluiceError {
  const each = versions.map(({ version, importer }) => `${version ?? "no version"} for ${importer}`);
  return usageError(
    "SLUICE_EXTERNAL_VERSIONS",
    `${functionName}: the bundle needs the package ${name} in several versions: ${each.join(", ")}. Not bundled, only one can be found by the name.`,
    `Make it one version (overrides in package.json, pnpm-workspace.yaml; resolutions with yarn), or name one of the importing packages in external: it then finds its own.`,
    `functions.${functionName}`,
  );
}

export function workspaceNotBuilt(
  functionName: string,
  name: string,
  folder: string,
  entry: string,
): SluiceError {
  const isSource = /\.[cm]?tsx?$/.test(entry);
  return usageError(
    "SLUICE_WORKSPACE_NOT_BUILT",
    isSource
      ? `${functionName}: the workspace package ${name} is not bundled, and its entry ${entry} is TypeScript, which Node.js does not run below node_modules.`
      : `${functionName}: the workspace package ${name} is not bundled, and its entry ${entry} is not there.`,
    isSource
      ? "Leave it out of external, so that it is bundled from its source; or point main or exports at its build."
      : "Build the package first, or leave it out of external, so that it is bundled.",
    folder,
  );
}

export function lockfileDisagrees(
  functionName: string,
  name: string,
  installed: string,
  locked: readonly string[],
  lockfile: { readonly path: string; readonly manager: PackageManager },
): SluiceError {
  const known = locked.length === 0 ? "does not know it" : `has ${locked.join(", ")}`;
  return usageError(
    "SLUICE_LOCKFILE_DISAGREES",
    `${functionName}: ${name} ${installed} is installed, and ${lockfile.path} ${known}: nobody else would get this package.`,
    `Install what is locked: ${INSTALL[lockfile.manager]}.`,
    lockfile.path,
  );
}

export function installCommand(manager: PackageManager): string {
  return INSTALL[manager];
}

/** `names`: the packages that would hold the build, as the depending package lists them. */
export function platformPackageMissing(
  functionName: string,
  owner: string,
  names: readonly string[],
  target: string,
  manager: PackageManager | null,
  cpu: string,
): SluiceError {
  const known =
    manager === null ? "there is no lockfile to find its version in" : "the lockfile does not have it";
  return machineMisfit(
    `${functionName}: ${owner} needs its build for ${target}, which is not installed (${names.join(" or ")}), and ${known}.`,
    manager === null
      ? `Install with a lockfile, or install the build itself on this machine: npm install --os=linux --cpu=${cpu}.`
      : `Have it installed or locked: ${OTHER_PLATFORM[manager](cpu)}.`,
    owner,
  );
}

/** What to do about a native file, by what is wrong with it. */
function misfitHint(file: string, found: string, manager: PackageManager | null, cpu: string): string {
  if (found.startsWith("built for Node.js") || found.startsWith("built for another Node.js"))
    return "Install it with the Node.js of the runtime, which builds or fetches it anew (npm rebuild), or set runtime to the one that it was built for.";
  if (found.startsWith("built for glibc"))
    return "Build it on Amazon Linux of the runtime's version, or take an older build of the package.";
  if (/(?:^|\/)\.prisma\//.test(file))
    return `Add ${cpu === "arm64" ? "linux-arm64" : "rhel"}-openssl-3.0.x to binaryTargets in the generator of schema.prisma, and run npx prisma generate.`;
  const other = manager === null ? `npm install --os=linux --cpu=${cpu}` : OTHER_PLATFORM[manager](cpu);
  return `Install it on Linux of that architecture, as on a CI runner (npm_config_arch=${cpu} npm_config_platform=linux npm rebuild, where it downloads its build); packages with a part for each platform: ${other}. Or correct architecture.`;
}

/** `found`: what the file is, in words that go on after `is`. */
export function nativeMisfit(
  functionName: string,
  owner: string,
  file: string,
  found: string,
  wanted: string,
  manager: PackageManager | null,
  cpu: string,
): SluiceError {
  return machineMisfit(
    `${functionName}: ${file} of the package ${owner} is ${found}. The function runs on ${wanted}, and the package has no other build.`,
    misfitHint(file, found, manager, cpu),
    file,
  );
}

export function nativeMissing(
  functionName: string,
  name: string,
  folder: string,
  wanted: string,
  manager: PackageManager | null,
): SluiceError {
  const rebuild: Readonly<Record<PackageManager, string>> = {
    npm: `npm rebuild ${name}`,
    pnpm: `pnpm approve-builds, then pnpm rebuild ${name}`,
    yarn: `yarn rebuild ${name} with enableScripts: true (yarn 1: yarn install --force)`,
    bun: `bun pm trust ${name}`,
  };
  return machineMisfit(
    `${functionName}: the package ${name} needs machine code for ${wanted}, and none is installed: its install script did not run, or it failed.`,
    `Let it build or fetch its code: ${rebuild[manager ?? "npm"]}, on Linux of the function's architecture. Without it the package cannot do its work.`,
    folder,
  );
}

/** A part that would be fetched, while the repository has a patch for it. */
export function patchedPart(functionName: string, owner: string, name: string, version: string): SluiceError {
  return machineMisfit(
    `${functionName}: ${owner} needs ${name}@${version} for the function's architecture, which is not installed and has a patch in this repository. What is fetched would come without the patch.`,
    "Have it installed, so that the package manager applies the patch: supportedArchitectures in pnpm-workspace.yaml or .yarnrc.yml; or install on the function's architecture.",
    owner,
  );
}

export function prismaNotGenerated(functionName: string, where: string): SluiceError {
  return usageError(
    "SLUICE_EXTERNAL_NOT_INSTALLED",
    `${functionName}: the client of @prisma/client is not generated.`,
    "Run npx prisma generate before the build, in CI as well.",
    where,
  );
}

export function linkOutside(functionName: string, name: string, path: string): SluiceError {
  return linkLeaves(
    `${functionName}: ${path} in the package ${name} is a symbolic link that leaves the package and the repository.`,
    "Replace the link with the file, or leave the package to be bundled.",
    path,
  );
}

/** `folder`: the absolute real path that the link leads to. */
export function packageOutside(functionName: string, name: string, folder: string): SluiceError {
  return linkLeaves(
    `${functionName}: the package ${name} is a link to ${folder}, which is outside of the repository: nobody else would get the same files.`,
    `Install the package instead of linking it (npm unlink ${name}, then npm ci), or move it into the repository.`,
    folder,
  );
}

export function placementEndless(functionName: string, path: string): SluiceError {
  return usageError(
    "SLUICE_EXTERNAL_VERSIONS",
    `${functionName}: packages that depend on each other in several versions cannot be laid out in folders: ${path}.`,
    "Make one of them a single version (overrides in package.json, pnpm-workspace.yaml; resolutions with yarn).",
    `functions.${functionName}`,
  );
}
