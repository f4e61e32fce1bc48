import { dirname, join, resolve } from "node:path";
import { formatPlace } from "../errors.ts";
import type { BatchResult } from "../node/build.ts";
import type { NodeGroup } from "../node/options.ts";
import type { BuiltEntry } from "../node/output.ts";
import { isRuntimeProvided } from "../node/provided.ts";
import type { Work } from "../session.ts";
import type { WantedPackage } from "./closure.ts";
import { type CollectedPackages, collectPackages } from "./collect.ts";
import { awsSdk2Missing, externalNotInstalled, externalVersions, prismaNotGenerated } from "./errors.ts";
import { EXTERNAL_NAMESPACE } from "./externals-plugin.ts";
import { failingImport, importerFolder, type OutsideImport, outsideImports } from "./imports.ts";
import { type Located, packageFolderOf } from "./installation.ts";
import { manifestsAbove } from "./package-reader.ts";
import { type Provision, provisionOf } from "./provision.ts";
import { packagesOf, type SessionPackages } from "./session-packages.ts";
import { patternsFilter } from "./specifier.ts";

export type CopiedPackages = Omit<CollectedPackages, "places">;

const NOTHING: CopiedPackages = {
  entries: [],
  inputs: [],
  folders: [],
  links: [],
  packages: [],
  provided: [],
};

/** A package with who imports it, in words. */
interface Found extends WantedPackage {
  readonly importer: string;
}

/** What is needed to sort a function's imports. */
interface CopyScope {
  readonly work: Work;
  readonly shared: SessionPackages;
  readonly provision: Provision;
  readonly standIns: BatchResult["standIns"];
}

function locate({ work, shared, standIns }: CopyScope, found: OutsideImport): Located | null {
  const folder = importerFolder(work.session.root, found.importer);
  if (folder !== null) return shared.outside.installation.locate(folder, found.name);
  return standIns.get(found.importer.slice(EXTERNAL_NAMESPACE.length + 1))?.located ?? null;
}

/** A package that is not installed: an error unless whoever imports it can do without. */
async function absent({ work, shared }: CopyScope, found: OutsideImport): Promise<void> {
  const { root } = work.session;
  const place = await failingImport(root, found.importer, found.specifier);
  if (place === null) return;
  if (found.name === "aws-sdk") throw awsSdk2Missing(work.fn.name, found.specifier, [], place);
  const owner = packageFolderOf(resolve(root, found.importer));
  const manifest = owner === null ? null : shared.outside.installation.reader.manifest(owner);
  // A package that does not list it, or lists it as optional, loads it on demand: naming it external says that nobody will ask.
  const peers = manifest?.peerDependencies ?? {};
  const isAsked =
    Object.hasOwn(manifest?.dependencies ?? {}, found.name) ||
    (Object.hasOwn(peers, found.name) && !manifest?.optionalPeers.has(found.name));
  if (manifest !== null && !isAsked) return;
  throw externalNotInstalled(work.fn.name, found.name, found.importer, formatPlace(place));
}

/** `prisma generate` writes the client that `@prisma/client` passes on, with its schema; before, there is none, or one that throws. */
function checkGenerated({ work, shared }: CopyScope, { folder }: Located, importer: string): void {
  const { installation } = shared.outside;
  const generated = installation.locate(folder, ".prisma");
  if (generated === null || !installation.reader.hasFile(join(generated.files, "client", "schema.prisma")))
    throw prismaNotGenerated(work.fn.name, importer);
}

/** Sorts what a bundle imports from outside into packages to copy and names that others provide. */
async function sortImports(
  scope: CopyScope,
  imports: readonly OutsideImport[],
): Promise<{ wanted: Found[]; provided: Set<string> }> {
  const wanted: Found[] = [];
  const provided = new Set<string>();
  for (const found of imports) {
    const located = locate(scope, found);
    if (located !== null && found.specifier === "@prisma/client") checkGenerated(scope, located, found.shown);
    if (scope.provision.of(found.name) !== null) provided.add(found.name);
    else if (located !== null) wanted.push({ name: found.name, located, importer: found.shown });
    else if (isRuntimeProvided(found.name)) provided.add(found.name);
    else await absent(scope, found);
  }
  return { wanted, provided };
}

/** Packages that `include` names: by name, or by pattern among what the project depends on. */
function includedPackages({ work, shared }: CopyScope, from: string): Found[] {
  const { installation } = shared.outside;
  return work.fn.include.flatMap((pattern, index) => {
    const where = `functions.${work.fn.name}.include`;
    const names = pattern.includes("*") ? matchingNames(work, shared, from, pattern) : [nameOf(pattern)];
    const found = names.flatMap((name) => {
      const located = installation.locate(from, name);
      return located === null ? [] : [{ name, located, importer: where }];
    });
    if (found.length === 0)
      throw externalNotInstalled(work.fn.name, pattern, "include", `${where}[${index}]`);
    return found;
  });
}

const nameOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

function matchingNames({ session }: Work, shared: SessionPackages, from: string, pattern: string): string[] {
  const filter = patternsFilter([pattern]);
  const manifests = manifestsAbove(shared.outside.installation.reader, from, session.repository);
  const names = manifests.flatMap(({ dependencies, optionalDependencies, devDependencies }) =>
    [dependencies, optionalDependencies, devDependencies].flatMap((ranges) => Object.keys(ranges)),
  );
  return [...new Set(names)].filter((name) => filter.test(name)).sort();
}

/** One package for each name: the bundle finds no second version by it. */
function oneEach({ work, shared }: CopyScope, wanted: readonly Found[]): WantedPackage[] {
  const { reader } = shared.outside.installation;
  const byName = new Map<string, Found[]>();
  for (const found of wanted) byName.set(found.name, [...(byName.get(found.name) ?? []), found]);
  return [...byName].map(([name, found]) => {
    const versions = new Map(
      found.map((each) => [reader.manifest(each.located.files)?.version ?? null, each]),
    );
    if (versions.size > 1) {
      const each = [...versions].map(([version, { importer }]) => ({ version, importer }));
      throw externalVersions(work.fn.name, name, each);
    }
    const [first] = found as [Found, ...Found[]];
    return { name, located: first.located };
  });
}

/** `external` is the custom by which the AWS SDK is left to the runtime; what runs is then not what was tested. */
function tellRuntime({ work, shared, provision }: CopyScope, provided: ReadonlySet<string>): void {
  const named = [...provided].filter((name) => provision.of(name) === "runtime");
  if (named.length > 0 && named.length === [...provided].filter(isRuntimeProvided).length)
    shared.notice(
      `Named in external, so left to the version of the AWS SDK that ${work.fn.runtime} has. Bundled, it would be the one that was tested.`,
    );
}

/**
 * Collects what has to stand beside a function's bundle: packages that it imports and that are not in it, those of `include`, and all
 * that they need.
 *
 * @throws `SLUICE_EXTERNAL_NOT_INSTALLED`, `SLUICE_EXTERNAL_VERSIONS`, `SLUICE_AWS_SDK_V2` and the codes of
 * {@link collectPackages}
 */
export async function copyExternals(
  work: Work,
  group: NodeGroup,
  built: Pick<BuiltEntry, "metafile">,
  standIns: BatchResult["standIns"],
): Promise<CopiedPackages> {
  const { fn, session } = work;
  const imports = outsideImports(built.metafile);
  if (imports.length === 0 && fn.include.length === 0) return NOTHING;
  const provision = provisionOf(group);
  const scope: CopyScope = { work, shared: packagesOf(session), provision, standIns };
  const { wanted, provided } = await sortImports(scope, imports);
  tellRuntime(scope, provided);
  const from = dirname(resolve(session.root, fn.entry));
  const all = oneEach(scope, [...wanted, ...includedPackages(scope, from)]);
  if (all.length === 0) return { ...NOTHING, provided: [...provided].sort() };
  const { runtime, architecture } = fn;
  const options = { functionName: fn.name, runtime, architecture, provision, from };
  const { places: _, ...collected } = await collectPackages(session, options, all);
  return { ...collected, provided: [...new Set([...provided, ...collected.provided])].sort() };
}
