import { openAws, resolveRegions } from "@sluice/aws";
import type { ResolvedEnvironment } from "@sluice/core";
import pMap from "p-map";
import type { Session } from "../session.ts";
import { type Choice, chooseEnvironment } from "./choose.ts";
import { planInput, strategyOf } from "./deployment.ts";
import { aliasFinding, checkDelivery } from "./diagnose-delivery.ts";
import { checkPythonTools } from "./diagnose-python.ts";
import { type Finding, fromError, ok, problem, warning } from "./finding.ts";
import { openProject, openRef, type Project } from "./project.ts";

/** The least Node.js that Sluice runs on, as package.json's `engines` says. */
function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  return fits
    ? ok("Node.js", version)
    : problem("Node.js", `${version} is too old`, "Install Node.js 20.19 or later.");
}

async function checkEsbuild(): Promise<Finding> {
  try {
    const { transform, version } = await import("esbuild");
    await transform("let a: number = 1", { loader: "ts" });
    return ok("esbuild", version);
  } catch (error) {
    return problem(
      "esbuild",
      (error as Error).message.split("\n")[0] ?? "",
      "Reinstall dependencies on this machine: esbuild's binary is of another platform.",
    );
  }
}

async function checkGit(session: Session): Promise<Finding> {
  try {
    const ref = await openRef(session);
    if (ref.dirty === null)
      return warning(
        "git",
        "this is not a repository",
        "Sluice needs one to know the branch, or --branch and --environment.",
      );
    const at = `${ref.branch ?? ref.tag ?? "detached HEAD"} at ${ref.commit?.slice(0, 12) ?? "no commit"} (from ${ref.source})`;
    return ref.dirty
      ? warning("git", `${at}, with uncommitted changes`, "Commit before deploying, or pass --allow-dirty.")
      : ok("git", at);
  } catch (error) {
    const [finding = problem("git", String(error), "")] = fromError("git", error);
    return finding;
  }
}

async function checkIdentity(
  environment: ResolvedEnvironment,
  region: string,
  session: Session,
): Promise<Finding> {
  const check = `${environment.name} credentials`;
  const aws = openAws(session.context, { region, profile: environment.profile, role: environment.role });
  try {
    const { account, arn } = await aws.identity();
    if (environment.account !== null && environment.account !== account) {
      return problem(
        check,
        `${arn} is of account ${account}; the configuration says ${environment.account}`,
        "Use credentials of that account, or correct `account`.",
      );
    }
    if (environment.account !== null) return ok(check, `${arn} in ${account}`);
    return warning(
      check,
      `${arn} in ${account}, which the configuration does not check`,
      `Add account: "${account}" to the environment ${environment.name}.`,
    );
  } catch (error) {
    const [finding = problem(check, String(error), "")] = fromError(check, error);
    return finding;
  }
}

/** Plans each environment without artifacts of its own: says which functions exist and can be read. */
async function checkEnvironment(
  project: Project,
  environment: ResolvedEnvironment,
  session: Session,
): Promise<Finding[]> {
  let regions: readonly string[];
  try {
    regions = await resolveRegions(session.context, environment);
  } catch (error) {
    return fromError(`${environment.name} region`, error);
  }
  const identities = await Promise.all(regions.map((region) => checkIdentity(environment, region, session)));
  if (identities.some((finding) => finding.status === "problem")) return identities;
  const ref = await openRef(session).catch(() => null);
  const [delivery, functions] = await Promise.all([
    checkDelivery(project, environment, ref, session),
    checkFunctions(project, environment, session),
  ]);
  return [...identities, ...delivery, ...functions];
}

async function checkFunctions(
  project: Project,
  environment: ResolvedEnvironment,
  session: Session,
): Promise<Finding[]> {
  const { bundleAll } = await import("./bundle.ts");
  const check = `${environment.name} functions`;
  try {
    const ref = await openRef(session);
    const artifacts = await bundleAll(project, project.config.functions, ref, session);
    const changes =
      (await strategyOf(environment).plan(
        planInput(project, environment, ref, artifacts, session),
        session.context,
      )) ?? [];
    return changes.flatMap((change) => {
      const { target, action, error, reason } = change;
      const name = `${target.target} in ${target.region}`;
      if (action === "absent")
        return warning(
          check,
          `${name} does not exist`,
          "Provision it, or correct `name`; until then it is left out of deployments.",
        );
      if (error !== null) return problem(check, `${name}: ${error.message}`, error.hint);
      return [ok(check, `${name}: ${reason}`), ...aliasFinding(check, change, environment.createAlias)];
    });
  } catch (error) {
    return fromError(check, error);
  }
}

async function checkProject(session: Session): Promise<Finding[]> {
  let project: Project;
  try {
    project = await openProject(session);
  } catch (error) {
    return fromError("configuration", error);
  }
  const { functions, environments } = project.config;
  const detail = `${functions.length} function(s), ${environments.length} environment(s)`;
  const chosen = await ownChoice(project, session);
  const findings = [
    ok("configuration", detail),
    ...(await checkPythonTools(functions, session.context)),
    ...(chosen === null ? [] : [environmentFinding(chosen)]),
  ];
  const own = chosen?.environment ?? null;
  const named =
    session.arguments.options["environment"] === undefined
      ? environments
      : environments.filter((each) => each === own);
  const check = async (environment: ResolvedEnvironment): Promise<Finding[]> => {
    const found = await checkEnvironment(project, environment, session);
    return environment === own ? found : found.map(elsewhere);
  };
  const perEnvironment = await pMap(named, check, { concurrency: 4 });
  return [...findings, ...perEnvironment.flat()];
}

/** What is wrong with an environment that this branch does not deploy to keeps no deployment of it from working. */
function elsewhere(finding: Finding): Finding {
  return finding.status === "problem" ? { ...finding, status: "warning" } : finding;
}

/** The environment that the branch maps to, or the one named; `null` where git cannot tell. */
async function ownChoice(project: Project, session: Session): Promise<Choice | null> {
  const ref = await openRef(session).catch(() => null);
  return ref === null ? null : chooseEnvironment(project, ref, session);
}

function environmentFinding({ environment, choice }: Choice): Finding {
  if (environment !== null) return ok("environment", environment.name);
  return warning(
    "environment",
    choice.reason,
    "Nothing is deployed from here; --environment NAME checks one of the configuration.",
  );
}

/** Everything that the doctor looks at, in the order in which it is shown. */
export async function diagnose(session: Session): Promise<readonly Finding[]> {
  const tools = await Promise.all([checkNode(process.versions.node), checkEsbuild(), checkGit(session)]);
  return [...tools, ...(await checkProject(session))];
}
