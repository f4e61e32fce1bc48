import type { LockedPackage, Lockfile } from "../lockfile/locked-package.ts";
import { isRuntimeProvided } from "../node/provided.ts";
import { externalNotInstalled, patchedPart, platformPackageMissing } from "./errors.ts";
import { type Installation, type Located, packageFolderOf } from "./installation.ts";
import { IMPLIED, INSTALL_ONLY } from "./known-packages.ts";
import { missingPart } from "./locked-parts.ts";
import { type PackageManifest, parseManifest } from "./manifest.ts";
import type { FetchedFile, PackageGraph, PackageNode } from "./package-node.ts";
import { isLinuxPart, packageFits, type Target } from "./platform.ts";
import type { Provision } from "./provision.ts";

/** What a closure is made from. */
export interface ClosureScope {
  /** Named in errors. */
  readonly functionName: string;
  readonly installation: Installation;
  readonly target: Target;
  readonly provision: Provision;
  /** The lockfile of the repository, read when a part has to be fetched; `null` without one. */
  readonly lockfile: () => Promise<Lockfile | null>;
  readonly fetch: (locked: LockedPackage) => Promise<readonly FetchedFile[]>;
  /** Names that the project itself depends on at run time. */
  readonly declared: ReadonlySet<string>;
}

/** A package that has to be copied, found from where it is imported. */
export interface WantedPackage {
  readonly name: string;
  readonly located: Located;
}

export interface Closure extends PackageGraph {
  /** Packages left to the runtime, a layer or whoever else provides them. */
  readonly provided: ReadonlySet<string>;
  /** Places in `node_modules` folders by which packages were found. */
  readonly places: ReadonlySet<string>;
}

/** How strongly one package asks for another. */
type Need = "required" | "optional" | "peer" | "optional peer";

function needsOf(manifest: PackageManifest): (readonly [name: string, range: string, need: Need])[] {
  const of = (ranges: Readonly<Record<string, string>>, need: Need): [string, string, Need][] =>
    Object.entries(ranges).map(([name, range]) => [name, range, need]);
  const implied = (IMPLIED.get(manifest.name ?? "") ?? []).map((name) => [name, "*", "optional"] as const);
  // Some name their drivers in peerDependenciesMeta alone, as sequelize does.
  const others = Object.fromEntries([...manifest.optionalPeers].map((name) => [name, "*"]));
  const peers = of({ ...others, ...manifest.peerDependencies }, "peer").map(
    ([name, range, need]) =>
      [name, range, manifest.optionalPeers.has(name) ? "optional peer" : need] as const,
  );
  const all = [
    ...of(manifest.dependencies, "required"),
    ...of(manifest.optionalDependencies, "optional"),
    ...peers,
    ...implied,
  ];
  // Types are nothing that runs.
  const runs = all.filter(([name]) => !name.startsWith("@types/") && !INSTALL_ONLY.has(name));
  return runs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The walk from package to package. */
class Walk {
  readonly nodes = new Map<string, PackageNode>();
  readonly provided = new Set<string>();
  readonly places = new Set<string>();
  private readonly queue: { node: PackageNode; isNeeded: boolean }[] = [];
  /** Optional peers that are installed: taken when something else asks for them, too. */
  private readonly perhaps: { node: PackageNode; name: string; located: Located }[] = [];

  constructor(private readonly scope: ClosureScope) {}

  /** The node of an installed package, new or known. */
  installed(name: string, located: Located, isNeeded: boolean): PackageNode {
    if (located.place !== null) this.places.add(located.place);
    const known = this.nodes.get(located.folder);
    if (known !== undefined) return known;
    const manifest = this.scope.installation.reader.manifest(located.files);
    return this.add(located.folder, isNeeded, {
      name: manifest?.name ?? name,
      version: manifest?.version ?? null,
      manifest,
      folder: located.folder,
      files: located.files,
      fetched: null,
      isOwn: packageFolderOf(`${located.files}/`) === null,
      edges: new Map(),
    });
  }

  private add(key: string, isNeeded: boolean, node: PackageNode): PackageNode {
    this.nodes.set(key, node);
    this.queue.push({ node, isNeeded });
    return node;
  }

  async run(): Promise<void> {
    do {
      for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift())
        await this.follow(next.node, next.isNeeded);
    } while (this.takePeers());
  }

  /** Adds the optional peers that are there for another reason; whether there were any. */
  private takePeers(): boolean {
    for (const { node, name, located } of this.perhaps) {
      const wanted = this.nodes.has(located.folder) || this.scope.declared.has(name);
      if (wanted && !node.edges.has(name)) node.edges.set(name, this.installed(name, located, false));
    }
    return this.queue.length > 0;
  }

  private async follow(node: PackageNode, isNeeded: boolean): Promise<void> {
    if (node.manifest === null) return;
    for (const [name, range, need] of needsOf(node.manifest)) {
      const located = this.scope.installation.locate(node.folder, name);
      const found = located === null ? null : this.scope.installation.reader.manifest(located.files);
      if (this.scope.provision.of(name) !== null) this.provided.add(name);
      else if (located === null) await this.absent(node, name, range, need, isNeeded);
      else if (need === "optional peer") this.perhaps.push({ node, name, located });
      else if (need === "required" || packageFits(found?.name ?? name, found, this.scope.target))
        node.edges.set(name, this.installed(name, located, isNeeded && need === "required"));
    }
    if (isNeeded) await this.checkParts(node, node.manifest);
  }

  private async absent(
    node: PackageNode,
    name: string,
    range: string,
    need: Need,
    isNeeded: boolean,
  ): Promise<void> {
    if (need === "required" && isRuntimeProvided(name)) this.provided.add(name);
    else if (need === "required" || (need === "optional" && isLinuxPart(name) && node.fetched !== null))
      await this.fetchOr(node, name, range, isNeeded && need === "required");
    else if (need === "optional") await this.fetchOr(node, name, range, false);
  }

  /** Fetches what is locked and built for the target; a required package that is neither is an error. */
  private async fetchOr(node: PackageNode, name: string, range: string, isRequired: boolean): Promise<void> {
    const { functionName, target } = this.scope;
    const owner = node.manifest;
    const locked =
      owner === null ? null : missingPart(await this.scope.lockfile(), { owner, name, range }, target);
    if (locked !== null) node.edges.set(name, await this.fetched(node, locked));
    else if (isRequired) throw externalNotInstalled(functionName, name, node.name, node.name);
  }

  private async fetched(owner: PackageNode, locked: LockedPackage): Promise<PackageNode> {
    const key = `${locked.name}@${locked.version}`;
    const known = this.nodes.get(key);
    if (known !== undefined) return known;
    if (locked.patched) throw patchedPart(this.scope.functionName, owner.name, locked.name, locked.version);
    const files = await this.scope.fetch(locked);
    const text = files.find(({ path }) => path === "package.json")?.bytes ?? new Uint8Array();
    return this.add(key, false, {
      name: locked.name,
      version: locked.version,
      manifest: parseManifest(Buffer.from(text).toString()),
      folder: owner.folder,
      files: owner.files,
      fetched: files,
      isOwn: false,
      edges: new Map(),
    });
  }

  /** A package that comes in parts for each platform needs that of the target, if there is one. */
  private async checkParts(node: PackageNode, manifest: PackageManifest): Promise<void> {
    const { functionName, target } = this.scope;
    const parts = Object.keys(manifest.optionalDependencies).filter(isLinuxPart);
    const fitting = parts.filter((name) => packageFits(name, null, target));
    if (fitting.length === 0 || fitting.some((name) => node.edges.has(name) || this.provided.has(name)))
      return;
    const manager = (await this.scope.lockfile())?.manager ?? null;
    throw platformPackageMissing(
      functionName,
      node.name,
      fitting,
      `Linux on ${target.architecture}`,
      manager,
      target.cpu,
    );
  }
}

/**
 * Follows packages to all that they need: dependencies, optional ones that are installed or locked for the target, and peers.
 * Each is found as Node.js finds it from where the one that asks is installed, whatever the layout.
 *
 * @throws `SLUICE_EXTERNAL_NOT_INSTALLED`, `SLUICE_NATIVE_ARCHITECTURE`, and what fetching throws
 */
export async function closureOf(scope: ClosureScope, wanted: readonly WantedPackage[]): Promise<Closure> {
  const walk = new Walk(scope);
  const roots = new Map(wanted.map(({ name, located }) => [name, walk.installed(name, located, true)]));
  await walk.run();
  return { roots, nodes: [...walk.nodes.values()], provided: walk.provided, places: walk.places };
}
