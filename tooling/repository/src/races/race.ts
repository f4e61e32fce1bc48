import { setTimeout as sleep } from "node:timers/promises";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { Scenario } from "../faults/scenario.ts";
import { createWorld, type Live } from "../faults/world.ts";
import { jobEnvironment, sluice } from "../sluice-command.ts";
import { ALIAS, type Contender, FUNCTIONS, type History } from "./contenders.ts";

/** How a race is run. */
export interface RaceRules {
  readonly name: string;
  readonly store: boolean;
  readonly lease: boolean;
  readonly args: readonly string[];
}

/** What a contender says of one function. */
export interface Claim {
  readonly age: number;
  readonly exitCode: number | null;
  readonly outcome: string;
  /** Code of the error of the function, else of the run. */
  readonly code: string | null;
  readonly text: string;
}

/** A race that was run. */
export interface Race {
  /** Function → what is live when all have ended. */
  readonly live: Readonly<Record<string, Live>>;
  readonly claims: Readonly<Record<string, readonly Claim[]>>;
}

interface Document {
  readonly targets?: readonly {
    readonly function: string;
    readonly outcome: string;
    readonly error: { readonly code: string } | null;
  }[];
  readonly error?: { readonly code: string };
}

/** A race's starter: who runs, and how many milliseconds after the first. */
export interface Start {
  readonly contender: Contender;
  readonly after: number;
}

async function createBucket(endpoint: string, id: string): Promise<void> {
  const credentials = { accessKeyId: id, secretAccessKey: "test" };
  const s3 = new S3Client({ endpoint, region: "eu-west-1", credentials, forcePathStyle: true });
  const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
  await s3.send(new CreateBucketCommand({ Bucket: `race-${id}`, CreateBucketConfiguration }));
  s3.destroy();
}

const PROVISIONED: Scenario = { name: "race", functions: FUNCTIONS, alias: ALIAS, bucket: false };

/** Runs all starters at once against functions of their own, and the newest commit once more at the end. */
export async function runRace(
  endpoint: string,
  history: History,
  rules: RaceRules,
  starts: readonly Start[],
  id: string,
): Promise<Race & { readonly finish: Race }> {
  const world = await createWorld(endpoint, PROVISIONED, id, id, (name) => `${name}-dev`);
  if (rules.store) await createBucket(endpoint, id);
  const env = jobEnvironment(history.origin.home, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: "test",
    RACE_WORLD: id,
    ...(rules.store ? { RACE_STORE: "1" } : {}),
    ...(rules.lease ? { RACE_LEASE: "1" } : {}),
  });
  const run = async ({ contender, after }: Start): Promise<readonly (readonly [string, Claim])[]> => {
    await sleep(after);
    const ran = await sluice(contender.path, ["deploy", "--json", ...rules.args], env);
    const { targets = [], error } = JSON.parse(ran.stdout) as Document;
    const text = `${ran.stderr.slice(-600)}`;
    return FUNCTIONS.map((name) => {
      const row = targets.find((each) => each.function === name);
      const code = row?.error?.code ?? error?.code ?? null;
      const { age } = contender;
      const outcome = row?.outcome ?? "none";
      return [name, { age, exitCode: ran.exitCode, outcome, code, text }];
    });
  };
  const race = async (all: readonly Start[]): Promise<Race> => {
    const claims = (await Promise.all(all.map(run))).flat();
    const looks = FUNCTIONS.map(async (name) => [name, await world.look(name)] as const);
    return {
      live: Object.fromEntries(await Promise.all(looks)),
      claims: Object.fromEntries(
        FUNCTIONS.map((of) => [of, claims.filter(([name]) => name === of).map(([, claim]) => claim)]),
      ),
    };
  };
  try {
    const first = await race(starts);
    const [newest] = starts.map(({ contender }) => contender).sort((a, b) => b.age - a.age);
    return { ...first, finish: await race(newest === undefined ? [] : [{ contender: newest, after: 0 }]) };
  } finally {
    world.dispose();
  }
}
