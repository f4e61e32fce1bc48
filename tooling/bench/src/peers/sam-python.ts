import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CommandOptions, runCommand } from "../command.ts";

/** A Python function as SAM is told of it. */
export interface SamPythonFunction {
  /** Letters and digits. */
  readonly id: string;
  readonly architecture: "arm64" | "x86_64";
}

/** `template.json`: all functions from one folder, which has the source and its requirements. */
export function samPythonTemplate(runtime: string, functions: readonly SamPythonFunction[]): object {
  const resource = ({ architecture }: SamPythonFunction): object => ({
    Type: "AWS::Serverless::Function",
    Properties: {
      Runtime: runtime,
      Architectures: [architecture],
      CodeUri: "code",
      Handler: "app.lambda_handler",
    },
  });
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Transform: "AWS::Serverless-2016-10-31",
    Resources: Object.fromEntries(functions.map((each) => [each.id, resource(each)])),
  };
}

/** What SAM builds, and where. */
export interface SamPythonProject {
  /** Absolute path of a folder of its own. */
  readonly folder: string;
  readonly runtime: string;
  readonly functions: readonly SamPythonFunction[];
  /** Absolute paths. */
  readonly source: string;
  readonly requirements: string;
}

export async function configureSamPython(project: SamPythonProject): Promise<void> {
  const { folder, runtime, functions, source, requirements } = project;
  const code = join(folder, "code");
  await mkdir(code, { recursive: true });
  await copyFile(source, join(code, "app.py"));
  await copyFile(requirements, join(code, "requirements.txt"));
  await writeFile(join(folder, "template.json"), JSON.stringify(samPythonTemplate(runtime, functions)));
}

/** Removes what an earlier build left in the project. */
export function clearSamPython(folder: string): Promise<void> {
  return rm(join(folder, ".aws-sam"), { recursive: true, force: true });
}

/**
 * `sam build` without a container: folders, no zips.
 *
 * @param isParallel - all functions at once; by default SAM builds one after the other
 */
export async function buildSamPython(
  executable: string,
  { folder, isParallel }: { readonly folder: string; readonly isParallel: boolean },
  options: CommandOptions,
): Promise<void> {
  const env = { ...options.env, SAM_CLI_TELEMETRY: "0" };
  const args = ["build", ...(isParallel ? ["--parallel"] : []), "--template-file", "template.json"];
  await runCommand(executable, args, { ...options, cwd: folder, env });
}
