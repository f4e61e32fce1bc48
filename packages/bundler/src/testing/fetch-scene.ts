import { join } from "node:path";
import { createFixture, type FsFixture } from "fs-fixture";
import {
  type Fetchable,
  type FetchOptions,
  fetchPackage,
  type PackageFile,
} from "../registry/fetch-package.ts";
import {
  integrityOfBytes,
  packageTarball,
  type Serve,
  startServer,
  type TestServer,
  tarFile,
} from "./registry.ts";

/** A project whose `.npmrc` names a registry on loopback, which answers everything with the tarball `good` until told otherwise. */
export interface FetchScene {
  readonly project: FsFixture;
  readonly registry: TestServer;
  readonly good: Buffer;
  serve: Serve;
  /** Fetches `tool@1.0.0`, or what is wanted instead. */
  fetched(
    wanted?: Partial<Fetchable>,
    env?: Readonly<Record<string, string>>,
    options?: Partial<FetchOptions>,
  ): Promise<readonly PackageFile[]>;
  stop(): Promise<void>;
}

export async function startFetchScene(): Promise<FetchScene> {
  const good = await packageTarball(
    tarFile("package/package.json", '{"name":"tool"}'),
    tarFile("package/bin/tool.node", "\u007fELF", 0o755),
  );
  const registry = await startServer((incoming, response) => scene.serve(incoming, response));
  const project = await createFixture({
    ".git/HEAD": "",
    ".npmrc": `registry=${registry.endpoint}\nfetch-retry-mintimeout=1\n`,
  });
  const scene: FetchScene = {
    project,
    registry,
    good,
    serve: (_, response) => void response.end(good),
    fetched: (wanted = {}, env = {}, options = {}) =>
      fetchPackage(
        { name: "tool", version: "1.0.0", integrity: integrityOfBytes(good), tarball: null, ...wanted },
        {
          root: project.path,
          env: { HOME: join(project.path, "home"), ...env },
          cacheFolder: join(project.path, "cache"),
          signal: new AbortController().signal,
          ...options,
        },
      ),
    stop: async () => {
      await registry.stop();
      await project.rm();
    },
  };
  return scene;
}
