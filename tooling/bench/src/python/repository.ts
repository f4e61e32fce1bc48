import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashedRequirements, pylock } from "./locks.ts";
import { ADDED, DIRECT, type Machine, MINOR, PINS, pinned } from "./packages.ts";
import type { WheelFile } from "./wheels.ts";

/** Where requirements are written down. */
export const FILES = {
  /** Everything pinned, with sums. */
  lock: "requirements.txt",
  /** The four alone: the rest is left to a resolver. */
  direct: "direct.txt",
  pylock: "pylock.toml",
  /** Everything pinned, without sums: SAM's own way with pip does not know these. */
  pinned: "pinned.txt",
  /** A lock that grows by a requirement. */
  growing: "growing.txt",
} as const;

export interface Configuration {
  readonly machines: readonly Machine[];
  readonly requirements: keyof typeof FILES;
  /** `false` for comparisons: the others check nothing. */
  readonly importCheck: boolean;
}

/** Name of the function for a machine. */
export const functionOf = ({ architecture }: Machine): string => `report-${architecture.replace("_", "-")}`;

/** The functions' only source. */
export const SOURCE = "app.py";

/** A function as it would be: a little code that needs a lot of packages. */
function source(revision: number): string {
  return `import numpy
import pandas
from cryptography.fernet import Fernet
from pydantic import BaseModel

REVISION = ${revision}


class Report(BaseModel):
    values: list[float]


def lambda_handler(event, context):
    report = Report.model_validate(event)
    mean = pandas.Series(numpy.array(report.values)).mean()
    return {"revision": REVISION, "mean": Fernet(Fernet.generate_key()).encrypt(str(mean).encode()).decode()}
`;
}

/** `sluice.config.ts` as a team would write it. */
export function configuration({ machines, requirements, importCheck }: Configuration): string {
  const bundle = {
    runtime: `python3.${MINOR}`,
    python: { requirements: FILES[requirements] },
    ...(!importCheck && { importCheck: false }),
  };
  const functions = machines.map((machine) => {
    const fn = { entry: SOURCE, architecture: machine.architecture };
    return `    "${functionOf(machine)}": ${JSON.stringify(fn)},`;
  });
  return `import { defineConfig } from "sluice";

export default defineConfig({
  bundle: ${JSON.stringify(bundle)},
  functions: {
${functions.join("\n")}
  },
});
`;
}

/** A function repository without git. */
export interface FunctionRepository {
  /** Absolute path, outside of this monorepo. */
  readonly path: string;
  /** Changes the source of the functions; each time gives another one. */
  revise(): Promise<void>;
  /** Writes the lock that grows, with or without the requirement. */
  grow(isGrown: boolean): Promise<void>;
  /** Writes a configuration; gives its name for `--config`. */
  configure(wanted: Configuration): Promise<string>;
  dispose(): Promise<void>;
}

/**
 * Makes the repository in a temporary folder.
 *
 * @param urlOf - where a wheel stands
 */
export async function createFunctionRepository(
  wheels: readonly WheelFile[],
  urlOf: (filename: string) => string,
): Promise<FunctionRepository> {
  const path = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const write = (name: string, text: string): Promise<void> => writeFile(join(path, name), text);
  let revision = 0;
  const revise = (): Promise<void> => {
    revision += 1;
    return write(SOURCE, source(revision));
  };
  const grow = (isGrown: boolean): Promise<void> =>
    write(FILES.growing, hashedRequirements(isGrown ? [...PINS, ADDED] : PINS, wheels));
  await revise();
  await grow(false);
  await write(FILES.lock, hashedRequirements(PINS, wheels));
  await write(FILES.direct, pinned(DIRECT));
  await write(FILES.pinned, pinned(PINS));
  await write(FILES.pylock, pylock(PINS, wheels, urlOf));
  return {
    path,
    revise,
    grow,
    configure: async (wanted) => {
      const names = wanted.machines.map(({ architecture }) => architecture).join("-");
      const name = `${names}-${wanted.requirements}${wanted.importCheck ? "-checked" : ""}.config.ts`;
      await write(name, configuration(wanted));
      return name;
    },
    dispose: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}
