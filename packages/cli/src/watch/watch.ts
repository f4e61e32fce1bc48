import { type RunEvent, redactValues, type SluiceError } from "@sluice/core";
import { sayArtifacts } from "../commands/build.ts";
import { cliErrors } from "../errors.ts";
import { errorDocument } from "../report/error-document.ts";
import { flagOption, type Session, textOption } from "../session.ts";
import { formatProblems } from "../terminal/problems.ts";
import { createFolderWatch, type FolderWatch } from "./folder-watch.ts";
import { playRound, type Round } from "./round.ts";
import { changeOf, NOTHING_YET, roundLine, type WatchChange } from "./watch-report.ts";

/** What of `build` looks at one build alone. */
const ONCE: readonly string[] = ["prune", "analyze", "why"];

function checkUse(session: Session): void {
  const { arguments: args } = session;
  const given = ONCE.find((name) => flagOption(args, name) || textOption(args, name) !== undefined);
  if (given === undefined) return;
  throw cliErrors.usage(`--watch does not go with --${given}.`, "sluice build [FUNCTION…] --watch");
}

/** One JSON document on a line of its own, for each round that has something to tell. */
function printDocument(change: WatchChange, round: Round, session: Session): void {
  const artifacts = round.artifacts.map(({ function: name, path, manifest, cached }) => {
    const { digest, sizeBytes } = manifest;
    return { function: name, path, digest, sizeBytes, cached };
  });
  const document = {
    schema: 1,
    command: "build",
    artifacts,
    changed: change.changed.map(({ artifact }) => artifact.function),
    gone: change.gone,
    ...(round.error === null ? {} : errorDocument(round.error)),
  };
  session.print(JSON.stringify(redactValues(document, session.context.redact)));
}

function sayProblems(error: SluiceError, session: Session): void {
  const { log } = session.context;
  log.error(formatProblems(error.problems, session.colors));
}

function tell(change: WatchChange, round: Round, isFirst: boolean, session: Session): void {
  if (round.error !== null && change.error === "new") sayProblems(round.error, session);
  const line = roundLine(change, round, session.context.now(), session.colors);
  if (isFirst && round.artifacts.length > 0) sayArtifacts(round.artifacts, session);
  else if (line !== null) session.say(line);
  const isNews = line !== null || change.error === "new";
  if (session.json && isNews) printDocument(change, round, session);
}

/** What was told in one round is not told again in the next ones. */
function tellingOnce(session: Session): Session {
  const told = new Set<string>();
  const { context } = session;
  const emit = (event: RunEvent): void => {
    if (event.type === "notice" && told.has(event.message)) return;
    if (event.type === "notice") told.add(event.message);
    context.emit(event);
  };
  const calm = {
    ...context,
    emit,
    get concurrency() {
      return context.concurrency;
    },
  };
  return { ...session, context: calm };
}

async function play(session: Session, folders: FolderWatch): Promise<never> {
  let state = NOTHING_YET;
  for (let count = 0; ; count += 1) {
    const round = await playRound(session, folders, count === 0);
    const change = changeOf(state, round);
    state = change.state;
    tell(change, round, count === 0, session);
    if (count === 0) session.say(session.colors.dim("watching for changes; Ctrl-C ends it"));
    await folders.changed();
  }
}

/** `sluice build --watch`: builds, and builds again what changes, until it is interrupted (exit code 130). */
export async function watch(session: Session): Promise<number> {
  checkUse(session);
  const folders = createFolderWatch();
  // An interruption is how a watch ends, and no error to be shown.
  session.reportFailure = async (error) => {
    if (!session.context.signal.aborted) sayProblems(error, session);
  };
  session.context.signal.addEventListener("abort", () => folders.close(), { once: true });
  try {
    folders.follow({ deep: [], flat: [session.context.cwd] });
    return await play(tellingOnce(session), folders);
  } finally {
    folders.close();
  }
}
