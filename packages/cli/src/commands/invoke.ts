import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { awsProblem, openAws, resolveRegions } from "@sluice/aws";
import { targetName } from "@sluice/updater";
import { cliErrors } from "../errors.ts";
import { type Session, textOption } from "../session.ts";
import { formatProblem } from "../terminal/problems.ts";
import { chooseEnvironment } from "../workflow/choose.ts";
import { openProject, openRef, selectFunctions } from "../workflow/project.ts";

const USAGE = "sluice invoke FUNCTION [--payload JSON|@file|-]";

/** Reads `--payload`: JSON as it stands, `@file`, or `-` for standard input. */
async function readPayload(session: Session): Promise<string> {
  const given = textOption(session.arguments, "payload") ?? "{}";
  let text = given;
  try {
    if (given === "-") text = await session.readInput();
    else if (given.startsWith("@"))
      text = await readFile(resolve(session.context.cwd, given.slice(1)), "utf8");
    JSON.parse(text);
    return text;
  } catch (error) {
    throw cliErrors.payload("--payload", (error as Error).message);
  }
}

/** `sluice invoke` */
export async function invoke(session: Session): Promise<number> {
  const { context } = session;
  const [name, ...others] = session.arguments.operands;
  if (name === undefined || others.length > 0) throw cliErrors.usage("Name one function to invoke.", USAGE);
  const [project, ref, payload] = await Promise.all([
    openProject(session),
    openRef(session),
    readPayload(session),
  ]);
  selectFunctions(project.config, [name]);
  const { environment, choice } = await chooseEnvironment(project, ref, session);
  if (environment === null) throw cliErrors.noEnvironment(choice.reason, `invoke ${name}`);
  const [region = ""] = await resolveRegions(context, environment);
  const aws = openAws(context, { region, profile: environment.profile, role: environment.role });
  const target = targetName(environment, name, ref.branch);
  const qualifier = textOption(session.arguments, "qualifier") ?? environment.alias ?? undefined;
  const answer = await aws.lambda
    .invoke({
      FunctionName: target,
      Payload: new TextEncoder().encode(payload),
      LogType: "Tail",
      ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
    })
    .catch((error: unknown) => {
      throw awsProblem(error, { operation: "Invoke", target, region });
    });
  if (answer.LogResult !== undefined)
    session.say(session.colors.dim(Buffer.from(answer.LogResult, "base64").toString("utf8").trimEnd()));
  const result = new TextDecoder().decode(answer.Payload);
  const failure =
    answer.FunctionError === undefined ? null : cliErrors.functionError(target, answer.FunctionError);
  if (failure !== null) context.log.error(formatProblem(failure.problems[0], session.colors));
  if (session.json) {
    const document = {
      schema: 1,
      command: "invoke",
      function: name,
      target,
      region,
      version: answer.ExecutedVersion ?? null,
    };
    session.printJson({ ...document, functionError: answer.FunctionError ?? null, payload: parsed(result) });
  } else session.print(result);
  return failure?.exitCode ?? 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
