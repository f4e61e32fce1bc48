import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ResolvedFunction, RunContext } from "@sluice/core";
import { type TestContext, testContext } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import type { Dependencies, ResolveRequest } from "../dependencies.ts";
import type { PythonRun } from "../run.ts";
import { type PythonTarget, pythonTarget } from "../target.ts";
import { type IndexOptions, startIndex, type TestIndex } from "./index-server.ts";
import { testUv } from "./uv.ts";

export interface RunOptions {
  readonly env?: RunContext["env"];
  readonly runtime?: string;
  readonly architecture?: PythonTarget["architecture"];
  readonly provided?: readonly string[];
  readonly findLinks?: readonly string[];
  readonly signal?: AbortSignal;
}

/** A repository, an index on loopback, and nothing of this machine but a uv and its Python. */
export interface ResolverScene extends AsyncDisposable {
  readonly fixture: FsFixture;
  readonly index: TestIndex;
  /** Absolute path of the repository. */
  readonly root: string;
  /** A run of its own each time, as another process would have. */
  run(options?: RunOptions): PythonRun & { readonly context: TestContext };
  write(path: string, content: string | Uint8Array): Promise<string>;
}

export async function startScene(options: IndexOptions): Promise<ResolverScene> {
  const [uv, index, fixture] = await Promise.all([
    testUv(),
    startIndex(options),
    createFixture({ "repo/x": "" }),
  ]);
  const root = fixture.getPath("repo");
  const base = {
    PATH: process.env["PATH"],
    HOME: fixture.path,
    TMPDIR: fixture.getPath("repo"),
    PIP_CONFIG_FILE: "/dev/null",
    UV_NO_CONFIG: "1",
    UV_CACHE_DIR: fixture.getPath("uv-cache"),
    UV_DEFAULT_INDEX: index.url,
    UV_HTTP_RETRIES: "0",
    SLUICE_UV: uv,
  };
  return {
    fixture,
    index,
    root,
    write: async (path, content) => {
      const absolute = join(root, path);
      await mkdir(join(absolute, ".."), { recursive: true });
      await writeFile(absolute, content);
      return absolute;
    },
    run: ({
      env,
      runtime = "python3.13",
      architecture = "arm64",
      provided = [],
      findLinks = [],
      signal,
    } = {}) => {
      const target = pythonTarget(runtime, architecture);
      if (target === null) throw new Error(runtime);
      const context = testContext({
        cwd: root,
        env: { ...base, ...env },
        ...(signal === undefined ? {} : { signal }),
      });
      const python = { extras: [], groups: [], findLinks };
      return {
        where: "functions.tiny",
        fn: { name: "tiny", provided, python } as unknown as ResolvedFunction,
        target,
        root,
        repository: root,
        cache: join(root, ".sluice", "cache"),
        home: fixture.getPath("home"),
        context,
      };
    },
    [Symbol.asyncDispose]: async () => {
      await index.stop();
      await fixture.rm();
    },
  };
}

/** Dependencies of a text in the format of requirements.txt, which stands in `requirements.txt` of `folder`. */
export function requirementsOf(
  folder: string,
  text: string,
  request: Partial<Extract<ResolveRequest, { readonly type: "requirements" }>> = {},
): Dependencies {
  return {
    kind: "requirements",
    label: "requirements.txt",
    folder,
    files: [],
    unpinned: [],
    lookedFor: [],
    notices: [],
    indexes: [],
    secrets: [],
    variables: [],
    request: {
      type: "requirements",
      text,
      inputs: [],
      extras: [],
      groups: [],
      complete: false,
      hashes: new Map(),
      requireHashes: false,
      prereleases: false,
      trustedHosts: [],
      ...request,
    },
  };
}
