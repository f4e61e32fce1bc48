import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { release, trouble } from "./chapters.ts";
import { provisionStage } from "./infrastructure.ts";
import { createNarrator } from "./narrator.ts";
import { type Observed, showOverview } from "./overview.ts";
import { packageVariables } from "./package-variables.ts";
import { app, CI_ACCOUNT, REGION, SLUICE, STAGES } from "./places.ts";
import { createTeam, type Team } from "./remote.ts";
import { sluice } from "./sluice.ts";
import { showStatus } from "./status.ts";
import { shortenBake } from "./story.ts";
import { showThumbnails } from "./thumbnails.ts";
import { Traffic } from "./traffic.ts";

// The demo's own clients need no reminder of what the SDK will want in 2027.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
const keep = process.argv.includes("--keep");
const narrator = createNarrator(process.stdout);
const { chapter, say, command } = narrator;

interface LocalAws {
  readonly endpoint: string;
  readonly version: string;
  /** The one Python that it has, as `python3.11`. */
  readonly python: string;
}

async function startAws(scratch: string): Promise<LocalAws> {
  chapter("The embedded AWS: a real emulator, on this machine alone");
  command("sluice local start");
  const { stdout } = await sluice(scratch, ["local", "start", "--json"]);
  const { local } = JSON.parse(stdout) as { readonly local: LocalAws };
  say(`MiniStack ${local.version} answers at ${local.endpoint}.`);
  return local;
}

async function provision(endpoint: string): Promise<readonly Observed[]> {
  chapter("Infrastructure: three environments, each in an account of its own");
  say("CloudFormation owns everything but the code: the functions are stubs.");
  const observed = await Promise.all(
    STAGES.map(async (stage) => ({
      stage,
      traffic: new Traffic(endpoint, stage, await provisionStage(endpoint, stage)),
    })),
  );
  await showOverview(narrator, endpoint, observed);
  return observed;
}

/** What a CI job of each repository gets. The CI's own account owns nothing: it may assume each environment's role. */
function jobEnvironment({ endpoint, python }: LocalAws): Record<string, string> {
  return {
    ...packageVariables(),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: CI_ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "demo",
    AWS_REGION: REGION,
    SLUICE_LOCAL_PYTHON: python,
    // As a CI keeps a cache between jobs: the Node.js majors that functions run under are there, and wheels.
    XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
  };
}

async function createTeams(local: LocalAws, scratch: string): Promise<readonly [Team, Team]> {
  const create = (name: string, prepare?: (clone: string) => Promise<void>): Promise<Team> =>
    createTeam({
      name,
      source: app(name),
      scratch,
      jobEnvironment: jobEnvironment(local),
      ...(prepare === undefined ? {} : { prepare }),
    });
  return Promise.all([create("orders-api", shortenBake), create("orders-worker")]);
}

async function play(scratch: string): Promise<string> {
  const local = await startAws(scratch);
  const { endpoint } = local;
  const observed = await provision(endpoint);
  const teams = await createTeams(local, scratch);
  const job = { PATH: process.env["PATH"], HOME: scratch, NO_COLOR: "1", ...jobEnvironment(local) };
  const world = { narrator, endpoint, observed, teams, job };
  await release(world);
  await trouble(world);
  await showThumbnails(narrator, { ...local, scratch, jobEnvironment: jobEnvironment(local) });
  await showStatus(narrator, teams[0], job);
  return endpoint;
}

function whatNext(scratch: string, endpoint: string): void {
  chapter("Next");
  if (!keep) {
    say("npm run demo -- --keep leaves all of this up, to try things by hand:");
    say("sluice plan, a second rollback, a dirty tree, another account.");
    say("In a repository of your own: npm install --save-dev sluice, npx sluice init.");
    return;
  }
  say("It is still up. In a clone that stands on main, with the CI's credentials:");
  command(`cd ${join(scratch, "work", "orders-api")}`);
  command(`export AWS_ENDPOINT_URL=${endpoint}`);
  command(`export AWS_ACCESS_KEY_ID=${CI_ACCOUNT} AWS_SECRET_ACCESS_KEY=demo`);
  command("npx sluice plan");
  command("npx sluice versions");
  command("npx sluice status --json");
  say("Stop it and clean up:");
  command(`cd ${scratch} && node ${SLUICE} local stop && rm -rf ${scratch}`);
}

const scratch = await mkdtemp(join(tmpdir(), "sluice-demo-"));
let done = false;
async function cleanUp(): Promise<void> {
  if (done) return;
  done = true;
  await sluice(scratch, ["local", "stop"]).catch(() => undefined);
  await rm(scratch, { recursive: true, force: true });
}
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    void cleanUp().then(() => process.exit(130));
  });
}

const started = Date.now();
try {
  const endpoint = await play(scratch);
  whatNext(scratch, endpoint);
  say("");
  say(`Done in ${Math.round((Date.now() - started) / 1000)} s.`);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`\nThe demo failed: ${(error as Error).message}\n`);
  // What git printed.
  const printed = (error as { output?: { stderr?: string; stdout?: string } }).output;
  if (printed !== undefined) process.stderr.write(`${printed.stdout ?? ""}${printed.stderr ?? ""}\n`);
} finally {
  if (!keep || process.exitCode === 1) await cleanUp();
}
