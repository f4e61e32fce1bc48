import { DEPLOY_OPTIONS, type OptionSpec, PLACE_OPTIONS } from "./options.ts";
import type { Session } from "./session.ts";

/** Carries out a command; gives the exit code. */
type Command = (session: Session) => Promise<number>;

/** A command as the help shows it and the parser reads it; its code is loaded when it is run. */
export interface CommandSpec {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly details: string;
  readonly options: readonly OptionSpec[];
  /** How many operands it takes at most. */
  readonly operands: number;
  readonly load: () => Promise<Command>;
}

const PROMOTE_OPTIONS: readonly OptionSpec[] = [
  { name: "from", kind: "text", value: "NAME", summary: "environment to take from (default: promoteFrom)" },
  { name: "to", kind: "text", value: "NAME", summary: "environment to deploy to (default: the branch's)" },
  {
    name: "commit",
    kind: "text",
    value: "SHA",
    summary: "promote this commit (default: the one checked out)",
  },
  ...DEPLOY_OPTIONS.filter((option) => !["allow-dirty", "artifact", "build-only"].includes(option.name)),
];

const ROLLBACK_OPTIONS: readonly OptionSpec[] = [
  {
    name: "to-version",
    kind: "number",
    value: "N",
    maximum: 1_000_000_000,
    summary: "go to this function version, of one function",
  },
  {
    name: "to-digest",
    kind: "text",
    value: "DIGEST",
    summary: "go to this code (sha256:…), of one function",
  },
  { name: "force", kind: "flag", summary: "go to --to-version although it was rejected" },
  ...DEPLOY_OPTIONS.filter((option) => ["require-existing", "wait"].includes(option.name)),
];

const PLAN_OPTIONS = DEPLOY_OPTIONS.filter((option) => !["build-only", "wait"].includes(option.name));

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "build",
    usage: "sluice build [FUNCTION…]",
    summary: "bundle every function, or those named, into .sluice/artifacts/",
    details:
      "Writes NAME.zip and NAME.manifest.json for each function. Needs no git, no credentials, no network. Exits with 3 when a zip is over its function's maxSize.",
    options: [
      { name: "analyze", kind: "flag", summary: "show what takes the space; also as .sluice/analysis.html" },
      {
        name: "why",
        kind: "text",
        value: "NAME",
        summary: "show what imports a package, package@version or file",
      },
      { name: "watch", kind: "flag", summary: "build again what changes, until Ctrl-C" },
      {
        name: "prune",
        kind: "flag",
        summary: "remove older builds from .sluice, and functions that are gone",
      },
    ],
    operands: Number.POSITIVE_INFINITY,
    load: async () => (await import("./commands/build.ts")).build,
  },
  {
    name: "plan",
    usage: "sluice plan [FUNCTION…]",
    summary: "show what deploy would do, per target, and why",
    details:
      "Builds what is stale and reads from AWS; writes nothing there. Says of each function which files and package versions change. Exits as deploy would.",
    options: [
      ...PLAN_OPTIONS,
      { name: "diff", kind: "flag", summary: "show every file and package that changes" },
    ],
    operands: Number.POSITIVE_INFINITY,
    load: async () => (await import("./commands/deploy.ts")).plan,
  },
  {
    name: "deploy",
    usage: "sluice deploy [FUNCTION…]",
    summary: "build, check, and update the functions that exist",
    details:
      "The branch decides the environment: develop → dev, release/* and hotfix/* → staging, main or master → prod, unless the configuration says otherwise. A branch that maps nowhere is built and checked, and nothing is deployed. Where the environment has promoteFrom, nothing is built: see promote.",
    options: DEPLOY_OPTIONS,
    operands: Number.POSITIVE_INFINITY,
    load: async () => (await import("./commands/deploy.ts")).deploy,
  },
  {
    name: "promote",
    usage: "sluice promote [--from NAME] [--to NAME] [FUNCTION…]",
    summary: "deploy what another environment has had for this commit",
    details:
      "Takes the artifacts by digest from the store of --from, as its records have them for this commit, for what a merge commit merged, or for a commit with the same files; never builds them. Without a store they are built, and must be the same as what is live there. Refuses (exit 3) what was never there, was rejected there, or was rolled back there. --to is the branch's environment unless named, --from its promoteFrom. An environment with promoteFrom does the same with deploy.",
    options: PROMOTE_OPTIONS,
    operands: Number.POSITIVE_INFINITY,
    load: async () => (await import("./commands/promote.ts")).promote,
  },
  {
    name: "rollback",
    usage: "sluice rollback [FUNCTION…] [--to-version N]",
    summary: "bring back what callers had before",
    details:
      "Moves aliases back at once, without building or testing: to the recorded predecessor of what is live; without records, to the newest function version below it that has other code. Without FUNCTION: of what the last deployment changed. A second rollback goes one further back. Where there is no alias, or the version was deleted, the code is deployed again from the store. Needs no branch: --environment names where. --dry-run shows what it would do.",
    options: ROLLBACK_OPTIONS,
    operands: Number.POSITIVE_INFINITY,
    load: async () => (await import("./commands/rollback.ts")).rollback,
  },
  {
    name: "status",
    usage: "sluice status [FUNCTION…]",
    summary: "show what is live in every environment, and what drifted",
    details:
      "Reads every function in every environment, account and region, or in the one that --environment names, from AWS and from the records of deployments; writes nothing there. Code that was changed by hand is told by its CodeSha256. Exits with 4 when something could not be read; drift is no error. Needs no git, unless a name has {branch} in it.",
    options: [
      { name: "html", kind: "text", value: "FILE", summary: "write a page with functions × environments" },
    ],
    operands: Number.POSITIVE_INFINITY,
    load: async () => (await import("./commands/status.ts")).status,
  },
  {
    name: "versions",
    usage: "sluice versions [FUNCTION…]",
    summary: "list function versions; delete those that nothing needs",
    details:
      "Lists the published versions of every function of the environment, or of those named: aliases and weights, size, commit, what became of them. With --keep-versions, deletes older ones than the newest N, except those that an alias names, that an event source mapping is bound to, or that a rollback would go back to; --dry-run says which.",
    options: [
      {
        name: "keep-versions",
        kind: "number",
        value: "N",
        maximum: 10_000,
        summary: "delete older function versions that nothing needs",
      },
    ],
    operands: Number.POSITIVE_INFINITY,
    load: async () => (await import("./commands/versions.ts")).versions,
  },
  {
    name: "environment",
    usage: "sluice environment",
    summary: "print the environment that this git ref maps to",
    details:
      "The name goes to stdout, the rule that decided to stderr. Prints nothing on stdout when the ref maps nowhere.",
    options: [],
    operands: 0,
    load: async () => (await import("./commands/environment.ts")).environment,
  },
  {
    name: "invoke",
    usage: "sluice invoke FUNCTION [--payload JSON|@file|-] [--async]",
    summary: "invoke a function and show its log",
    details:
      "The result goes to stdout, the log's tail to stderr. Several JSON values, each on a line of its own, are invoked one after another. Exits with 4 when the function failed.",
    options: [
      {
        name: "payload",
        kind: "text",
        value: "JSON",
        summary: "JSON, @file, or - for standard input (default {})",
      },
      {
        name: "qualifier",
        kind: "text",
        value: "NAME",
        summary: "version or alias (default: the environment's alias)",
      },
      { name: "async", kind: "flag", summary: "do not wait for the result" },
      ...PLACE_OPTIONS,
    ],
    operands: 1,
    load: async () => (await import("./commands/invoke.ts")).invoke,
  },
  {
    name: "logs",
    usage: "sluice logs FUNCTION [--since 10m] [--follow]",
    summary: "show what a function has written to CloudWatch logs",
    details:
      "Events go to stdout. --follow shows new ones as they come, until Ctrl-C (exit code 130); with --json each as a document on a line of its own.",
    options: [
      { name: "since", kind: "text", value: "TIME", summary: "10m (default), 2h, 1d, or 2026-01-31T12:00Z" },
      { name: "follow", kind: "flag", summary: "go on with what is written from now on" },
      {
        name: "filter",
        kind: "text",
        value: "PATTERN",
        summary: "CloudWatch's filter pattern, such as ERROR",
      },
      ...PLACE_OPTIONS,
    ],
    operands: 1,
    load: async () => (await import("./commands/logs.ts")).logs,
  },
  {
    name: "local",
    usage: "sluice local start|stop|status",
    summary: "the embedded AWS: a real emulator on this machine",
    details:
      'start installs MiniStack into a cache on first use, starts it on a loopback port, and prints what a shell needs:\n  eval "$(npx sluice local start)"\nstop leaves nothing running and nothing behind.',
    options: [
      {
        name: "port",
        kind: "number",
        value: "N",
        maximum: 65_535,
        summary: "port for start (default: a free one)",
      },
      { name: "account", kind: "text", value: "ID", summary: "account for the shell (default 000000000000)" },
    ],
    operands: 1,
    load: async () => (await import("./commands/local.ts")).local,
  },
  {
    name: "init",
    usage: "sluice init",
    summary: "write a configuration for the functions in this folder",
    details:
      "Looks for files that export or define a handler. Writes sluice.config.ts, or [tool.sluice] in the pyproject.toml of a Python repository without package.json. Changes nothing else; says what to do next.",
    options: [],
    operands: 0,
    load: async () => (await import("./commands/init.ts")).init,
  },
  {
    name: "doctor",
    usage: "sluice doctor",
    summary: "check tools, credentials, account, configuration, permissions",
    details:
      "Reads only. Says for each finding what to do. Exits with 2 when something would keep a deployment from working.",
    options: [],
    operands: 0,
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
];

/** Commands of the contract that later versions bring. */
export const LATER_COMMANDS: readonly string[] = ["verify", "policy", "triggers", "pipeline"];
