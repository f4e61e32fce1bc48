import { type LocalAws, localShell, localStatus, startLocal, stopLocal } from "@sluice/local";
import { cliErrors } from "../errors.ts";
import { formatDuration } from "../report/human.ts";
import { numberOption, type Session, textOption } from "../session.ts";

const USAGE = "sluice local start|stop|status";

function describe(local: LocalAws, session: Session): void {
  const { say, colors } = session;
  say(
    `${colors.bold("The embedded AWS")} (MiniStack ${local.version}) answers at ${colors.cyan(local.endpoint)}`,
  );
  for (const [major, version] of Object.entries(local.nodes)) {
    say(colors.dim(`  nodejs${major}.x runs under Node.js ${version ?? local.node}`));
  }
  say(colors.dim(`  python* runs under ${local.python.replace("python", "Python ")}`));
  say(colors.dim(`  log: ${local.log}`));
}

function document(local: LocalAws | null, running: boolean): object {
  return { schema: 1, command: "local", running, local };
}

/** The account for the shell: twelve digits, as MiniStack takes it for the access key. */
function accountOf(session: Session): string | undefined {
  const account = textOption(session.arguments, "account");
  if (account !== undefined && !/^\d{12}$/.test(account)) {
    throw cliErrors.optionValue("--account", "twelve digits", `\`${account}\``);
  }
  return account;
}

async function start(session: Session): Promise<number> {
  const { context, arguments: args } = session;
  const port = numberOption(args, "port");
  const account = accountOf(session);
  const began = context.now();
  const local = await startLocal(port === undefined ? {} : { port }, context);
  if (port !== undefined && port !== local.port) {
    context.log.warn(`It runs already, on port ${local.port}; stop it first to start it on another.`);
  }
  describe(local, session);
  session.say(
    session.colors.dim(
      `  ready in ${formatDuration(context.now() - began)}; stop it with \`sluice local stop\``,
    ),
  );
  if (session.json) session.printJson(document(local, true));
  else session.print(localShell(local, account));
  return 0;
}

async function stop(session: Session): Promise<number> {
  const { stopped } = await stopLocal({}, session.context);
  session.say(stopped ? "Stopped; nothing was left running or behind." : "It was not running.");
  if (session.json) session.printJson(document(null, false));
  return 0;
}

async function status(session: Session): Promise<number> {
  const { running, local, stale } = await localStatus({}, session.context);
  if (running && local !== null) describe(local, session);
  else
    session.say(
      stale
        ? "It is not running; a stale record of an earlier one is there, which `sluice local start` clears."
        : "It is not running.",
    );
  if (session.json) session.printJson(document(local, running));
  return 0;
}

const VERBS: Readonly<Record<string, (session: Session) => Promise<number>>> = { start, stop, status };

/** `sluice local` */
export async function local(session: Session): Promise<number> {
  const [verb = "", ...others] = session.arguments.operands;
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (run === undefined || others.length > 0)
    throw cliErrors.usage("Say what to do with the embedded AWS.", USAGE);
  return run(session);
}
