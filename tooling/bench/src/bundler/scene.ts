import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchmarkOptions } from "../benchmark.ts";
import { createCleanup } from "../cleanup.ts";
import { type CommandOptions, runCommand } from "../command.ts";
import { type TreeWatch, watchTree } from "../process-tree.ts";
import { SLUICE } from "../root.ts";
import { createFunctionRepository, type FunctionRepository } from "./repository.ts";

/** One row of `build --json`. */
export interface BuiltRow {
  readonly function: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly cached: boolean;
}

/** A function repository, and how commands are run in it. */
export interface Scene {
  readonly repository: FunctionRepository;
  /** A folder beside the repository, for what contenders leave and are unpacked to. */
  readonly folder: string;
  /** The repository as working folder, and the whole environment of what is measured; it is watched. */
  readonly command: CommandOptions;
  /** What the commands that were run take. */
  readonly watch: TreeWatch;
  /** `sluice build`, as a user's shell would run it. */
  build(configuration: string): Promise<readonly BuiltRow[]>;
  /** Removes whatever Sluice knows of earlier builds. */
  forget(): Promise<void>;
  dispose(): Promise<void>;
}

/** No credentials, and a home of its own: nothing of this user's can take part. */
function environment(home: string): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: home, NO_COLOR: "1", AWS_REGION: "eu-west-1" };
}

/**
 * Makes everything that the benchmark needs; `dispose` removes it.
 *
 * @param count - functions in the repository
 */
export async function createScene(count: number, { signal }: BenchmarkOptions): Promise<Scene> {
  const cleanup = createCleanup();
  try {
    const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
    cleanup.add(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
    const repository = await createFunctionRepository(count, signal);
    cleanup.add(() => repository.dispose());
    const watch = watchTree();
    cleanup.add(async () => watch.take());
    const env = environment(folder);
    const command: CommandOptions = { cwd: repository.path, env, signal, onStart: watch.start };
    return {
      repository,
      folder,
      command,
      watch,
      build: async (configuration) => {
        const args = [SLUICE, "build", "--config", configuration, "--json"];
        const report = await runCommand(process.execPath, args, command);
        return (JSON.parse(report) as { artifacts: readonly BuiltRow[] }).artifacts;
      },
      forget: () => rm(join(repository.path, ".sluice"), { recursive: true, force: true }),
      dispose: () => cleanup.run(),
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
