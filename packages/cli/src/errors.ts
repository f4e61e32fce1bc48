import { type SluiceError, sluiceError } from "@sluice/core";

/** How a configuration makes room for a new one. */
function whatIsReplaced(file: string): string {
  if (file.endsWith("sluice.config.ts")) return "pass --yes to have it written anew";
  const what = file.endsWith("pyproject.toml") ? "its [tool.sluice]" : "the file";
  return `take ${what} away to have a new one written`;
}

/** Errors of the command line, one function per code. */
export const cliErrors = {
  unknownCommand: (name: string, nearest: string | null): SluiceError =>
    sluiceError({
      code: "SLUICE_UNKNOWN_COMMAND",
      kind: "usage",
      message: `\`${name}\` is not a command of sluice.`,
      hint:
        nearest === null ? "See `sluice --help` for the commands." : `Did you mean \`sluice ${nearest}\`?`,
    }),
  laterCommand: (name: string): SluiceError =>
    sluiceError({
      code: "SLUICE_COMMAND_NOT_YET",
      kind: "usage",
      message: `\`sluice ${name}\` is not in this version of sluice.`,
      hint: "See `sluice --help` for the commands of this version, and the changelog for a newer one.",
    }),
  unknownOption: (option: string, command: string, nearest: string | null): SluiceError =>
    sluiceError({
      code: "SLUICE_UNKNOWN_OPTION",
      kind: "usage",
      message: `\`${option}\` is not an option of \`sluice ${command}\`.`,
      hint: nearest === null ? `See \`sluice ${command} --help\`.` : `Did you mean \`--${nearest}\`?`,
    }),
  optionValue: (option: string, expected: string, given: string): SluiceError =>
    sluiceError({
      code: "SLUICE_OPTION_INVALID",
      kind: "usage",
      message: `${option} takes ${expected}; it was given ${given}.`,
      hint: "Give it a value of that kind, or leave it out.",
    }),
  optionTwice: (option: string, first: string, second: string): SluiceError =>
    sluiceError({
      code: "SLUICE_OPTION_INVALID",
      kind: "usage",
      message: `${option} was given twice: \`${first}\` and \`${second}\`.`,
      hint: "Give it once.",
    }),
  usage: (message: string, usage: string): SluiceError =>
    sluiceError({ code: "SLUICE_USAGE", kind: "usage", message, hint: `Usage: ${usage}` }),
  folderNotFound: (folder: string): SluiceError =>
    sluiceError({
      code: "SLUICE_FOLDER_NOT_FOUND",
      kind: "usage",
      message: `The folder ${folder} does not exist.`,
      where: "--cwd",
      hint: "Name the folder of a function repository.",
    }),
  unknownFunction: (name: string, nearest: string | null, known: readonly string[]): SluiceError =>
    sluiceError({
      code: "SLUICE_UNKNOWN_FUNCTION",
      kind: "usage",
      message: `No function is called ${name} in the configuration.`,
      hint: nearest === null ? `Configured: ${known.join(", ")}.` : `Did you mean ${nearest}?`,
    }),
  unknownEnvironment: (
    name: string,
    nearest: string | null,
    known: readonly string[],
    where = "--environment",
  ): SluiceError =>
    sluiceError({
      code: "SLUICE_UNKNOWN_ENVIRONMENT",
      kind: "usage",
      message: `No environment is called ${name} in the configuration.`,
      where,
      hint: nearest === null ? `Configured: ${known.join(", ") || "none"}.` : `Did you mean ${nearest}?`,
    }),
  noEnvironment: (reason: string, command: string): SluiceError =>
    sluiceError({
      code: "SLUICE_NO_ENVIRONMENT",
      kind: "usage",
      message: `There is no environment to work in: ${reason}`,
      hint: `Name one: sluice ${command} --environment NAME.`,
    }),
  notBundled: (name: string, runtime: string): SluiceError =>
    sluiceError({
      code: "SLUICE_NO_BUNDLER",
      kind: "usage",
      message: `No bundler takes the function ${name} (${runtime}).`,
      where: `functions.${name}`,
      hint: "Give it a `command` that builds it and an `entry` that the command makes, or a ready .zip as `entry`.",
    }),
  artifactOption: (count: number): SluiceError =>
    sluiceError({
      code: "SLUICE_ARTIFACT_NEEDS_ONE_FUNCTION",
      kind: "usage",
      message: `--artifact deploys one ready zip to one function; ${count} functions would take it.`,
      where: "--artifact",
      hint: "Name the function: sluice deploy my-function --artifact my-function.zip.",
    }),
  promotionSource: (from: string, to: string, promoteFrom: string): SluiceError =>
    sluiceError({
      code: "SLUICE_PROMOTION_SOURCE",
      kind: "refusal",
      message: `${to} takes only what ${promoteFrom} has had, and --from names ${from}.`,
      where: `environments.${to}.promoteFrom`,
      hint: `Promote from ${from} to ${promoteFrom} first, or leave --from out.`,
    }),
  promotionArtifact: (to: string, from: string): SluiceError =>
    sluiceError({
      code: "SLUICE_PROMOTION_ARTIFACT",
      kind: "refusal",
      message: `${to} takes only what ${from} has had, and --artifact names a zip that may be any.`,
      where: `environments.${to}.promoteFrom`,
      hint: `Deploy the zip to ${from}, and then promote it.`,
    }),
  commitUnknown: (text: string): SluiceError =>
    sluiceError({
      code: "SLUICE_COMMIT_UNKNOWN",
      kind: "usage",
      message: `${JSON.stringify(text.slice(0, 80))} names no commit of this repository.`,
      where: "--commit",
      hint: "Give the 40 digits of a commit, or the first of them where git knows it.",
    }),
  artifactFile: (file: string, reason: string): SluiceError =>
    sluiceError({
      code: "SLUICE_ARTIFACT_NOT_A_ZIP",
      kind: "usage",
      message: `${file} cannot be deployed: ${reason}.`,
      where: "--artifact",
      hint: "Name a ready .zip, relative to the folder that sluice runs in.",
    }),
  unwritable: (file: string, cause: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_FILE_UNWRITABLE",
        kind: "usage",
        message: `The file could not be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
        where: file,
        hint: "Give this user write permission on the folder, or free some space.",
      },
      cause,
    ),
  absent: (targets: readonly string[]): SluiceError =>
    sluiceError({
      code: "SLUICE_FUNCTION_ABSENT",
      kind: "absent",
      message: `${targets.length === 1 ? "This function does" : "These functions do"} not exist: ${targets.join(", ")}. Nothing was written.`,
      hint: "Provision them first, correct `name` in the configuration, or leave out --require-existing.",
    }),
  payload: (where: string, reason: string): SluiceError =>
    sluiceError({
      code: "SLUICE_PAYLOAD_INVALID",
      kind: "usage",
      message: `The payload could not be read: ${reason}.`,
      where,
      hint: "Give JSON, @file, or - to read standard input.",
    }),
  functionError: (target: string, kind: string): SluiceError =>
    sluiceError({
      code: "SLUICE_FUNCTION_ERROR",
      kind: "target",
      message: `${target} answered with a function error (${kind}).`,
      where: target,
      hint: "The error is the result on standard output; its log is above.",
    }),
  logGroupAbsent: (group: string, region: string, cause: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_LOG_GROUP_ABSENT",
        kind: "target",
        message: `There is no log group ${group} in ${region}.`,
        where: group,
        hint: "Lambda makes it with the first invocation, if the execution role may (logs:CreateLogGroup). With --follow it is waited for.",
      },
      cause,
    ),
  configExists: (file: string): SluiceError =>
    sluiceError({
      code: "SLUICE_CONFIG_EXISTS",
      kind: "usage",
      message: `There is a configuration already: ${file}.`,
      where: file,
      hint: `Edit it, or ${whatIsReplaced(file)}.`,
    }),
  pyprojectUnfit: (where: string, reason: string, cause: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_PYPROJECT_UNFIT",
        kind: "usage",
        message: `pyproject.toml cannot be given [tool.sluice]: ${reason.replace(/\.$/, "")}.`,
        where,
        hint: "Mend the file, or write sluice.config.json by hand. Nothing was written.",
      },
      cause,
    ),
  nothingFound: (folder: string): SluiceError =>
    sluiceError({
      code: "SLUICE_NO_FUNCTIONS_FOUND",
      kind: "usage",
      message: `No file in ${folder} exports a \`handler\` or \`lambdaHandler\`, or defines a \`lambda_handler(event, context)\` or \`handler(event, context)\`.`,
      where: folder,
      hint: 'Run this in a function repository, or write sluice.config.json by hand: { "functions": { "my-function": "src/my_function.py#name" } }.',
    }),
};
