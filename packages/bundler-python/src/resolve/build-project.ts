import { createHash, randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { createZip, readZip } from "@sluice/artifact";
import { createRedactor, type RunContext } from "@sluice/core";
import { findPython } from "../check/find-python.ts";
import type { Environment } from "../index/environment.ts";
import { readIndexSettings } from "../index/settings.ts";
import type { LocalProject } from "../resolution.ts";
import type { PythonRun } from "../run.ts";
import { pipEnvironment, uvSetup } from "../uv/environment.ts";
import { findUv } from "../uv/find-uv.ts";
import { runTool, type Tool, type ToolResult } from "../uv/process.ts";
import { hostPython } from "../uv/python.ts";
import { rankOf } from "../wheels/tags.ts";
import { parseWheelName } from "../wheels/wheel-name.ts";
import { resolveErrors } from "./errors.ts";
import { ownWheels } from "./job.ts";
import { projectFiles } from "./project-files.ts";
import { checkRequiresPython } from "./requires-python.ts";
import { withScratch } from "./scratch.ts";
import { readUvFailure } from "./uv-failure.ts";

export { projectFiles } from "./project-files.ts";

/** Raised when the same sources may give another wheel than before. */
const FORMAT = 1;

/** Build systems take it for the time of each file in the wheel (reproducible-builds.org): 1980, the first that a zip knows. */
const SOURCE_DATE_EPOCH = "315532800";

const TAIL_LINES = 12;

/** How one build is run. */
interface Builder {
  readonly tool: Tool;
  readonly args: (source: string, out: string) => readonly string[];
  readonly env: Environment;
}

async function keyOf(run: PythonRun, { path }: LocalProject, files: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([FORMAT, run.target]));
  for (const file of files) {
    const content = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    hash.update(`${relative(path, file).replaceAll("\\", "/")}\0${content}\0`);
  }
  return hash.digest("hex");
}

async function wheelIn(folder: string): Promise<string | null> {
  const names = await readdir(folder).catch(() => []);
  const name = names.find((one) => one.endsWith(".whl"));
  return name === undefined ? null : join(folder, name);
}

/** uv or pip, with the target's Python where this machine has it: extension modules are built for the interpreter that builds. */
async function builderFor(run: PythonRun, project: LocalProject, scratch: string): Promise<Builder> {
  const { context, target } = run;
  const folder = dirname(project.path);
  const fitting = await findPython({ env: context.env, signal: context.signal, minor: target.minor });
  const uv = await findUv(run);
  if (uv !== null) {
    const setup = await uvSetup(
      context.env,
      { folder, top: run.repository, scratch },
      { findLinks: ownWheels(run) },
    );
    const python = fitting === null ? [] : ["--python", fitting.path];
    return {
      tool: uv,
      args: (source, out) => [
        "build",
        "--wheel",
        "--color",
        "never",
        ...python,
        "--out-dir",
        out,
        ...setup.options,
        source,
      ],
      env: { ...setup.env, SOURCE_DATE_EPOCH },
    };
  }
  const python = fitting ?? (await hostPython(context));
  if (python === null) throw resolveErrors.noPython(run.where, target.minor, "The build of a project");
  return {
    tool: { command: python.path, prefix: ["-m", "pip"] },
    args: (source, out) => [
      ...["wheel", "--quiet", "--no-deps", "--wheel-dir", out],
      ...ownWheels(run).flatMap((place) => ["--find-links", place]),
      source,
    ],
    env: { ...pipEnvironment(context.env, folder), SOURCE_DATE_EPOCH },
  };
}

/** A copy, so that what build systems leave (`build`, `*.egg-info`) does not lie about in the repository. */
async function copyOf(project: LocalProject, files: readonly string[], scratch: string): Promise<string> {
  const folder = join(scratch, basename(project.path));
  for (const file of files) {
    const to = join(folder, relative(project.path, file));
    await mkdir(dirname(to), { recursive: true });
    await copyFile(file, to);
  }
  return folder;
}

function failure(run: PythonRun, project: LocalProject, result: ToolResult): Error {
  const { context, target, root, repository } = run;
  const secrets = readIndexSettings({ env: context.env, folder: root, root: repository }).secrets;
  const text = createRedactor({}, secrets)(context.redact(`${result.stdout}\n${result.stderr}`));
  if (readUvFailure(text).type === "no-python") return resolveErrors.noPython(run.where, target.minor, "uv");
  const tail = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("warning:"));
  return resolveErrors.projectBuild(
    run.where,
    shownProject(run, project),
    tail.slice(-TAIL_LINES).join("\n"),
  );
}

function shownProject({ root }: PythonRun, { path }: LocalProject): string {
  return relative(root, path).replaceAll("\\", "/") || ".";
}

/** Builds a copy; where that fails, as for a version that is asked of git, the project where it stands. */
async function wheelOf(
  run: PythonRun,
  project: LocalProject,
  files: readonly string[],
  scratch: string,
): Promise<string> {
  const builder = await builderFor(run, project, scratch);
  const out = join(scratch, "out");
  const isArchive = files.length === 1 && files[0] === project.path;
  const sources = isArchive
    ? [project.path]
    : [await copyOf(project, files, join(scratch, "copy")), project.path];
  let last: ToolResult | null = null;
  for (const source of sources) {
    const options = { cwd: isArchive ? dirname(source) : source, env: builder.env };
    last = await runTool(builder.tool, builder.args(source, out), run.context, options);
    const wheel = last.ok ? await wheelIn(out) : null;
    if (wheel !== null) return wheel;
  }
  throw last === null
    ? resolveErrors.projectMissing(run.where, shownProject(run, project))
    : failure(run, project, last);
}

/**
 * The same files packed anew, in an order and by a compressor that are the same on every machine: what the interpreter's zlib makes
 * of them is not.
 */
async function repacked(wheel: string): Promise<Uint8Array> {
  const { entries } = readZip(await readFile(wheel), basename(wheel));
  const { bytes } = await createZip(
    entries.map(({ path, bytes: content, mode }) => ({
      path,
      bytes: content,
      executable: (mode & 0o111) !== 0,
    })),
  );
  return bytes;
}

async function build(
  run: PythonRun,
  project: LocalProject,
  files: readonly string[],
  to: string,
): Promise<string> {
  return withScratch(run, async (scratch) => {
    const wheel = await wheelOf(run, project, files, scratch);
    const filename = basename(wheel);
    const tags = parseWheelName(filename)?.tags ?? [];
    if (rankOf(tags, run.target) === null)
      throw resolveErrors.projectMisfit(run.where, shownProject(run, project), filename);
    const ready = `${to}.${randomBytes(6).toString("hex")}`;
    await mkdir(ready, { recursive: true });
    await writeFile(join(ready, filename), await repacked(wheel));
    await rename(ready, to).catch(async (error: unknown) => {
      await rm(ready, { recursive: true, force: true });
      if ((await wheelIn(to)) === null) throw error;
    });
    return join(to, filename);
  });
}

async function builtOnce(run: PythonRun, project: LocalProject): Promise<string> {
  const found = await stat(project.path).catch(() => null);
  const files = projectFiles(project.path);
  const isProject = files.some((file) => /^(pyproject\.toml|setup\.py)$/.test(relative(project.path, file)));
  if (found === null || (found.isDirectory() && !isProject))
    throw resolveErrors.projectMissing(run.where, shownProject(run, project));
  if (found.isDirectory()) await checkRequiresPython(run, project.path, run.where);
  const folder = join(run.cache, "python", "projects", await keyOf(run, project, files));
  return (await wheelIn(folder)) ?? build(run, project, files, folder);
}

const underWay = new WeakMap<RunContext, Map<string, Promise<string>>>();

/**
 * Builds the wheel of a project of the repository, with its own build system run by uv, else by pip. Kept in `run.cache` by the
 * content of the project's files; built once in a run.
 *
 * @returns absolute path of the wheel
 * @throws SLUICE_PYTHON_PROJECT_BUILD, SLUICE_PYTHON_PROJECT_MISFIT, SLUICE_PYTHON_RUNTIME_EXCLUDED, SLUICE_PYTHON_NOT_FOUND
 */
export function buildProject(run: PythonRun, project: LocalProject): Promise<string> {
  const builds = underWay.get(run.context) ?? new Map<string, Promise<string>>();
  underWay.set(run.context, builds);
  const key = JSON.stringify([project.path, run.target]);
  const started = builds.get(key) ?? builtOnce(run, project);
  builds.set(key, started);
  return started;
}
