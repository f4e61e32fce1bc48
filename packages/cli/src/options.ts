/** One option of the command line. */
export interface OptionSpec {
  readonly name: string;
  readonly kind: "flag" | "text" | "number";
  /** Stands for the value in the help. */
  readonly value?: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  /** Of a number. Default 1000. */
  readonly maximum?: number;
}

/** Options that every command takes. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: "cwd", kind: "text", value: "DIR", summary: "the function repository (default: this folder)" },
  { name: "config", kind: "text", value: "FILE", summary: "configuration file (default: sluice.config.*)" },
  {
    name: "environment",
    kind: "text",
    value: "NAME",
    summary: "work in this environment instead of the branch's",
  },
  { name: "branch", kind: "text", value: "NAME", summary: "take this branch instead of asking CI or git" },
  { name: "dry-run", kind: "flag", summary: "do everything except writing to AWS" },
  { name: "json", kind: "flag", summary: "print one JSON document on stdout" },
  { name: "junit", kind: "text", value: "FILE", summary: "write a JUnit report" },
  { name: "concurrency", kind: "number", value: "N", summary: "functions or targets at once (default 8)" },
  { name: "endpoint-url", kind: "text", value: "URL", summary: "AWS endpoint (else AWS_ENDPOINT_URL)" },
  {
    name: "log-level",
    kind: "text",
    value: "LEVEL",
    summary: "silent, error, warn, info or debug",
    choices: ["silent", "error", "warn", "info", "debug"],
  },
  { name: "no-color", kind: "flag", summary: "no colours (also NO_COLOR)" },
  { name: "yes", kind: "flag", summary: "answer every question with yes" },
  { name: "help", kind: "flag", summary: "show help" },
  { name: "version", kind: "flag", summary: "show the version" },
];

/** Options of `deploy` beyond {@link GLOBAL_OPTIONS}; `plan` takes those that change what would be done. */
export const DEPLOY_OPTIONS: readonly OptionSpec[] = [
  { name: "require-existing", kind: "flag", summary: "fail (exit 5) when a function does not exist" },
  { name: "force", kind: "flag", summary: "update although the code is unchanged" },
  { name: "allow-downgrade", kind: "flag", summary: "let an older commit or version replace a newer one" },
  { name: "allow-dirty", kind: "flag", summary: "deploy from a work tree with uncommitted changes" },
  { name: "artifact", kind: "text", value: "FILE", summary: "deploy this ready zip, to one function" },
  { name: "build-only", kind: "flag", summary: "stop after building" },
  { name: "skip-test", kind: "flag", summary: "move the alias without the configured tests" },
  { name: "create-alias", kind: "flag", summary: "create the environment's alias where it is missing" },
  {
    name: "keep-versions",
    kind: "number",
    value: "N",
    maximum: 10_000,
    summary: "then delete older function versions that nothing needs",
  },
  {
    name: "wait",
    kind: "flag",
    summary: "wait for another run that holds the environment",
  },
];

/** Options of commands about one function, where an environment has it in several places. */
export const PLACE_OPTIONS: readonly OptionSpec[] = [
  { name: "region", kind: "text", value: "NAME", summary: "region of the environment (default: its first)" },
  { name: "account", kind: "text", value: "ID", summary: "account of the environment (default: its first)" },
];

/** Values as given; a flag is `true` or missing. */
export type OptionValues = Readonly<Record<string, string | number | boolean | undefined>>;
