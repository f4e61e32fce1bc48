import { delimiter, dirname, join } from "node:path";
import type { ResolvedTest, RunContext } from "@sluice/core";
import { createSlots, type Slots } from "../apply/slots.ts";
import type { TargetRun } from "../apply/target-run.ts";
import type { Rejection } from "./errors.ts";
import { type Ended, runShell } from "./shell.ts";

export type CommandTest = Extract<ResolvedTest, { readonly kind: "command" }>;

const places = new WeakMap<RunContext, Slots>();

/** Many more targets are worked on at once than a machine should run commands for: these compute, the others mostly wait. */
function placesOf(context: RunContext): Slots {
  const found = places.get(context) ?? createSlots(context.concurrency);
  places.set(context, found);
  return found;
}

/** Runs a command in the repository's root; exit code 0 passes. */
export async function testByCommand(
  run: TargetRun,
  version: string,
  test: CommandTest,
): Promise<Rejection | null> {
  const { context, input, target } = run;
  const ended = await placesOf(context).take(() =>
    runShell(test.command, {
      cwd: input.config.root,
      env: environmentFor(run, version),
      timeoutMs: test.timeoutSeconds * 1_000,
      signal: context.signal,
      onLine: (line) => context.log.debug(`${target.target}: ${line}`),
    }),
  );
  return judge(run, test, ended);
}

function judge({ context }: TargetRun, test: CommandTest, ended: Ended): Rejection | null {
  const { redact } = context;
  const command = redact(test.command);
  const lines = ended.tail.length === 0 ? [] : redact(ended.tail.join("\n")).split("\n");
  const failed = (kind: Rejection["kind"], how: string, hint: string): Rejection => ({
    kind,
    why: `\`${command}\` ${how}`,
    lines,
    hint,
  });
  switch (ended.how) {
    case "late":
      return failed(
        "failed",
        `was ended after ${test.timeoutSeconds} s`,
        "Where it may take longer, raise the test's timeoutSeconds.",
      );
    case "cancelled":
      return failed("not-run", "was ended, since the run was interrupted", "Run the same command again.");
    case "not-started":
      return failed("not-run", `could not be started: ${redact(ended.reason)}`, "Correct the command.");
    case "signal":
      return failed("failed", `was ended by ${ended.signal}`, "Correct the function, or the command.");
    case "exit":
      if (ended.code === 0) return null;
      // POSIX, Shell Command Language 2.8.2: found but not executable, and not found.
      if (ended.code === 126 || ended.code === 127)
        return failed(
          "not-run",
          `ended with exit code ${ended.code}, of a command that cannot be run`,
          "Install what it needs, or correct the command.",
        );
      return failed(
        "failed",
        `ended with exit code ${ended.code}`,
        "Correct the function, or what the command expects.",
      );
  }
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The run's own environment, with what the command has to know. A region, a profile and an endpoint bring the AWS CLI and SDKs
 * to the same place; the credentials of an assumed role are not handed on, its name is.
 */
function environmentFor(run: TargetRun, version: string): Env {
  const { context, input, target, artifact } = run;
  const { profile, role, name } = input.environment;
  return {
    ...withTools(context.env, input.config.root),
    ...(profile === null ? {} : { AWS_PROFILE: profile }),
    AWS_REGION: target.region,
    AWS_DEFAULT_REGION: target.region,
    SLUICE_FUNCTION: target.function,
    SLUICE_TARGET: target.target,
    SLUICE_REGION: target.region,
    SLUICE_ACCOUNT: target.account ?? "",
    SLUICE_ENVIRONMENT: name,
    SLUICE_VERSION: version,
    SLUICE_ALIAS: target.alias ?? "",
    SLUICE_DIGEST: artifact.manifest.digest,
    SLUICE_COMMIT: artifact.manifest.commit ?? input.ref.commit ?? "",
    SLUICE_ROLE: role ?? "",
  };
}

/** As scripts of package.json have it: what the repository has installed is found by its name. */
function withTools(env: Env, root: string): Env {
  const key = Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const folders: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    folders.push(join(folder, "node_modules", ".bin"));
    if (dirname(folder) === folder) break;
  }
  return { ...env, [key]: [...folders, env[key] ?? ""].join(delimiter) };
}
