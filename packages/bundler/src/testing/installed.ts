import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Artifact, ResolvedFunction } from "@sluice/core";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach } from "vitest";
import { bundleAll, functionOf, type Run, unpacked } from "./repository.ts";

/** A project in a temporary folder, with packages that are laid out by hand as package managers do. */
export interface InstalledProject {
  readonly fixture: FsFixture;
  put(path: string, content: string | Uint8Array): void;
  /** The function's source, `src/a.ts`. */
  source(text: string): void;
  /** A package in a folder; its code gives its name, version and what its dependencies give. */
  install(
    folder: string,
    id: string,
    manifest?: { readonly dependencies?: Record<string, string>; readonly [key: string]: unknown },
    files?: Readonly<Record<string, string | Uint8Array>>,
  ): void;
  link(path: string, to: string): void;
  /** Bundles the function `a`, whose source is {@link source}. */
  build(overrides?: Partial<ResolvedFunction>): Promise<Run>;
}

export async function installedProject(): Promise<InstalledProject> {
  const fixture = await createFixture({ "package.json": JSON.stringify({ name: "app", dependencies: {} }) });
  const place = (path: string): string => {
    const file = fixture.getPath(path);
    mkdirSync(dirname(file), { recursive: true });
    return file;
  };
  const put: InstalledProject["put"] = (path, content) => writeFileSync(place(path), content);
  return {
    fixture,
    put,
    source: (text) => put("src/a.ts", text),
    install: (folder, id, manifest = {}, files = {}) => {
      const at = id.lastIndexOf("@");
      const [name, version] = [id.slice(0, at), id.slice(at + 1)];
      put(`${folder}/package.json`, JSON.stringify({ name, version, ...manifest }));
      const calls = Object.keys(manifest.dependencies ?? {}).map(
        (need) => `require(${JSON.stringify(need)})()`,
      );
      put(
        `${folder}/index.js`,
        `module.exports = () => [${JSON.stringify(id)}, ${calls.join(", ")}].flat();\n`,
      );
      for (const [path, content] of Object.entries(files)) put(`${folder}/${path}`, content);
    },
    link: (path, to) => symlinkSync(fixture.getPath(to), place(path)),
    build: (overrides) => bundleAll(fixture.path, [functionOf("a", { sourcemap: false, ...overrides })]),
  };
}

/** One for each test of a file; `of` takes it before the test. */
export function projectForEach(of: (project: InstalledProject) => void): void {
  let project: InstalledProject;
  beforeEach(async () => {
    project = await installedProject();
    of(project);
  });
  afterEach(async () => {
    await project.fixture.rm();
  });
}

/** Names of the packages that stand in a zip, nested ones behind who holds them. */
export function packagesIn(artifact: Artifact): string[] {
  return Object.keys(unpacked(artifact))
    .filter((path) => path.endsWith("/package.json"))
    .map((path) => path.replace(/\/package\.json$/, "").replaceAll("node_modules/", ""))
    .sort();
}
