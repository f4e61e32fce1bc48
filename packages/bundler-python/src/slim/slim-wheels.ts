import { isCompiler, nativeNames, type Reason, reasonFor, type WheelFacts } from "./left-out.ts";
import { bufferOf, findTests, type SlimFile, testsInUse } from "./test-folders.ts";
import { topLevelOf } from "./top-level.ts";

/** A file of a wheel, with its deflate stream as it stands there. */
export interface PackedFile extends SlimFile {
  /** `null` for a file that was made or changed here, or stands in the wheel uncompressed. */
  readonly deflated: Uint8Array | null;
  readonly executable: boolean;
}

/** What is slimmed: of an opened wheel, the parts that matter. */
export interface FilledWheel {
  /** Normalized as PEP 503 has it. */
  readonly name: string;
  /** Folder of its metadata: `numpy-2.5.5.dist-info`. */
  readonly info: string;
  readonly files: readonly PackedFile[];
}

export interface LeftOut {
  readonly path: string;
  /** Uncompressed. */
  readonly sizeBytes: number;
  readonly why: Reason;
}

export interface SlimWheel {
  readonly kept: readonly PackedFile[];
  readonly leftOut: readonly LeftOut[];
}

export interface SlimOptions {
  /** `false` leaves out only what is compiled for another Python. */
  readonly slim: boolean;
  /** Paths of test modules that are imported all the same, by this wheel or another. */
  readonly used: ReadonlySet<string>;
}

/** Modules that read stubs do it through this function of lazy-loader, or name the extension. */
const READS_STUBS = ["attach_stub", '.pyi"', ".pyi'"].map((text) => Buffer.from(text));

/** What counts for a wheel's files that are not Python: looked up only when one of them is there. */
function factsOf({ name, info, files }: FilledWheel, tests: ReadonlySet<string>): WheelFacts {
  const paths = new Set(files.map(({ path }) => path));
  const modules = files.filter(({ path }) => path.endsWith(".py") && !tests.has(path)).map(bufferOf);
  const hasStubs = files.some(({ path }) => path.endsWith(".pyi"));
  let named: ReadonlySet<string> | undefined;
  return {
    info,
    has: (path) => paths.has(path),
    names: (basename) => {
      named ??= new Set(modules.flatMap((module) => nativeNames(module.toString("latin1"))));
      return named.has(basename);
    },
    readsSources: isCompiler(name),
    readsStubs: hasStubs && modules.some((module) => READS_STUBS.some((text) => module.includes(text))),
  };
}

/** `top_level.txt`, when the wheel has none. */
function addedTo({ info, files }: FilledWheel): PackedFile[] {
  const path = `${info}/top_level.txt`;
  if (files.some((file) => file.path === path)) return [];
  const text = topLevelOf(files.map((file) => file.path));
  return [{ path, bytes: Buffer.from(text), deflated: null, executable: false }];
}

/**
 * Which files of a wheel are packed. Decided by the wheel's files alone, but for tests: see {@link slimWheels}.
 */
function slimWheel(wheel: FilledWheel, { slim, used }: SlimOptions): SlimWheel {
  const tests = slim ? findTests(wheel.files) : new Set<string>();
  const facts = factsOf(wheel, tests);
  const kept: PackedFile[] = [];
  const leftOut: LeftOut[] = [];
  for (const file of wheel.files) {
    const isUnused = tests.has(file.path) && !used.has(file.path);
    const why = isUnused ? "tests" : reasonFor(file.path, facts, slim);
    if (why === null) kept.push(file);
    else leftOut.push({ path: file.path, sizeBytes: file.bytes.length, why });
  }
  return { kept: slim ? [...kept, ...addedTo(wheel)] : kept, leftOut };
}

/**
 * Slims all wheels of one function, or layer. A test module stays when a file of any of them, or of the function's own, imports or
 * names it.
 *
 * @param own - the function's own sources
 * @returns one answer for each wheel, in their order
 */
export function slimWheels(
  wheels: readonly FilledWheel[],
  own: readonly SlimFile[],
  slim: boolean,
): readonly SlimWheel[] {
  const used = slim ? usedTests(wheels, own) : new Set<string>();
  return wheels.map((wheel) => slimWheel(wheel, { slim, used }));
}

function usedTests(wheels: readonly FilledWheel[], own: readonly SlimFile[]): Set<string> {
  const tests: SlimFile[] = [];
  const others: SlimFile[] = [...own];
  for (const { files } of wheels) {
    const paths = findTests(files);
    for (const file of files) (paths.has(file.path) ? tests : others).push(file);
  }
  return testsInUse(tests, others);
}
