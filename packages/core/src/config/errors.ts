import { type Problem, type SluiceError, sluiceError } from "../problem.ts";

/** Problems of configuration files, one function per code. */
export const configErrors = {
  notFound: (cwd: string, names: readonly string[]): SluiceError =>
    sluiceError({
      code: "SLUICE_CONFIG_NOT_FOUND",
      kind: "usage",
      message: `There is no Sluice configuration in ${cwd}.`,
      where: cwd,
      hint: `Run \`npx sluice init\` to write one for the functions in this folder, or name it with --config. Looked for ${names.join(", ")}.`,
    }),
  fileNotFound: (file: string, askedBy: string): SluiceError =>
    sluiceError({
      code: "SLUICE_CONFIG_NOT_FOUND",
      kind: "usage",
      message: `There is no configuration file ${file}.`,
      where: askedBy,
      hint: "Check the path; it is relative to the folder that Sluice runs in (--cwd), or to the file that extends it.",
    }),
  ambiguous: (files: readonly string[]): SluiceError =>
    sluiceError({
      code: "SLUICE_CONFIG_AMBIGUOUS",
      kind: "usage",
      message: `There are several configuration files: ${files.join(", ")}.`,
      hint: "Keep one of them, or name it with --config.",
    }),
  unloadable: (file: string, reason: string, cause: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_CONFIG_UNLOADABLE",
        kind: "usage",
        message: `The configuration could not be loaded: ${reason}`,
        where: file,
        hint: "Mend the file; nothing was built and nothing was deployed.",
      },
      cause,
    ),
  noDefaultExport: (file: string): SluiceError =>
    sluiceError({
      code: "SLUICE_CONFIG_UNLOADABLE",
      kind: "usage",
      message: "The configuration has no default export.",
      where: file,
      hint: "End the file with `export default defineConfig({ … })`.",
    }),
  noToolTable: (file: string): SluiceError =>
    sluiceError({
      code: "SLUICE_CONFIG_UNLOADABLE",
      kind: "usage",
      message: "The file has no [tool.sluice].",
      where: file,
      hint: "Add it: [tool.sluice.functions] with a line for each function, [tool.sluice.environments.dev] with a region.",
    }),
  circular: (chain: readonly string[]): SluiceError =>
    sluiceError({
      code: "SLUICE_CONFIG_CIRCULAR",
      kind: "usage",
      message: `The configuration extends itself: ${chain.join(" → ")}.`,
      where: chain[0] ?? "",
      hint: "Take one `extends` out of the circle.",
    }),
  /** esbuild's places count lines from 1 and columns from 0. */
  duplicateKey: (
    file: string,
    text: string,
    location: { readonly line: number; readonly column: number } | null,
  ): Problem => ({
    code: "SLUICE_CONFIG_DUPLICATE_KEY",
    kind: "usage",
    message: `${text.replace(/"/g, "`")}: the second silently replaces the first, be it a function or an environment.`,
    where: location === null ? file : `${file}:${location.line}:${location.column + 1}`,
    hint: "Rename one of the two, or take it out.",
  }),
  unknownKey: (where: string, key: string, nearest: string | null, known: readonly string[]): Problem => ({
    code: "SLUICE_CONFIG_UNKNOWN_KEY",
    kind: "usage",
    message: `\`${key}\` is not a key that Sluice knows.`,
    where,
    hint: nearest === null ? `Known here: ${known.join(", ")}.` : `Did you mean \`${nearest}\`?`,
  }),
  notYet: (where: string, key: string): Problem => ({
    code: "SLUICE_CONFIG_NOT_SUPPORTED",
    kind: "usage",
    message: `\`${key}\` is not supported by this version of Sluice.`,
    where,
    hint: "Take it out: a key that is silently ignored would promise a check that does not happen.",
  }),
  invalid: (where: string, message: string): Problem => ({
    code: "SLUICE_CONFIG_INVALID",
    kind: "usage",
    message,
    where,
    hint: "See the configuration section of the README, or let your editor complete it through defineConfig.",
  }),
  rule: (where: string, message: string, hint: string): Problem => ({
    code: "SLUICE_CONFIG_INVALID",
    kind: "usage",
    message,
    where,
    hint,
  }),
  nameCollision: (
    where: string,
    message: string,
    hint = "Tell them apart: put {environment} into `name`, or give each environment its own `account` or `region`.",
  ): Problem => ({ code: "SLUICE_NAME_COLLISION", kind: "usage", message, where, hint }),
};
