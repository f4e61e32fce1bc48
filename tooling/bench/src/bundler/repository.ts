import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installInto } from "./dependencies.ts";
import { functionName, functionSource } from "./function-source.ts";

/** A configuration file of the repository: which functions, and whether their zips are tried out. */
export interface ConfigurationOptions {
  /** The first functions, in order. */
  readonly count: number;
  /** `false` for comparisons: the others check nothing. */
  readonly importCheck: boolean;
  /** Whether what Sluice leaves out by default, which makes zips smaller, is kept as the others keep it. */
  readonly asOthers?: boolean;
}

/** A function repository of many functions that share their packages, without git. */
export interface FunctionRepository {
  /** Absolute path, outside of this monorepo. */
  readonly path: string;
  /** Changes the code of one function; each time gives another bundle. */
  revise(index: number): Promise<void>;
  /** Writes a configuration; gives its name for `--config`. */
  configure(options: ConfigurationOptions): Promise<string>;
  dispose(): Promise<void>;
}

/** Relative path of a function's source. */
export function sourceOf(index: number): string {
  return `src/${functionName(index)}.ts`;
}

/** `sluice.config.ts` as a team would write it. */
export function configuration({ count, importCheck, asOthers }: ConfigurationOptions): string {
  const functions = Array.from(
    { length: count },
    (_, index) => `    "${functionName(index)}": "${sourceOf(index)}",`,
  );
  const bundle = {
    runtime: "nodejs22.x",
    ...(!importCheck && { importCheck: false }),
    // esbuild's own defaults for Node.js.
    ...(asOthers && { esbuild: { sourcesContent: true, mainFields: ["main", "module"] } }),
  };
  return `import { defineConfig } from "sluice";

export default defineConfig({
  bundle: ${JSON.stringify(bundle)},
  functions: {
${functions.join("\n")}
  },
});
`;
}

/**
 * Makes the repository in a temporary folder.
 *
 * @param count - functions whose sources are there
 */
export async function createFunctionRepository(
  count: number,
  signal: AbortSignal,
): Promise<FunctionRepository> {
  const path = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const dispose = (): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 3 });
  let revision = 0;
  const write = (index: number): Promise<void> =>
    writeFile(join(path, sourceOf(index)), functionSource(index, revision));
  try {
    await installInto(path, signal);
    await mkdir(join(path, "src"));
    for (let index = 0; index < count; index += 1) await write(index);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    path,
    revise: (index) => {
      revision += 1;
      return write(index);
    },
    configure: async (options) => {
      const kind = `${options.importCheck ? "-checked" : ""}${options.asOthers ? "-as-others" : ""}`;
      const name = `${options.count}${kind}.config.ts`;
      await writeFile(join(path, name), configuration(options));
      return name;
    },
    dispose,
  };
}
