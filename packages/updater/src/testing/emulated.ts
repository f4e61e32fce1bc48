import { createZip } from "@sluice/artifact";
import { openAws, resolveRegions } from "@sluice/aws";
import { type Emulator, startEmulator, type TestContext, testContext } from "@sluice/test-kit";
import type { Door } from "../settings.ts";

export interface Place {
  readonly account?: string;
  readonly region?: string;
  /** Instead of the emulator's own, such as a proxy's. */
  readonly endpoint?: string;
}

/** A real emulator, and what provisioning would have made in it. */
export interface Emulated {
  readonly endpoint: string;
  context(cwd: string, place?: Place): TestContext;
  createFunction(name: string, zip: Uint8Array, place?: Place): Promise<void>;
  /** A function of package type Image. */
  createImageFunction(name: string, uri: string): Promise<void>;
  /** Publishes, and points the alias at the new version. */
  createAlias(name: string, alias: string, place?: Place): Promise<void>;
  /** Gives an alias, or `$LATEST` without one, a function URL. */
  createUrl(name: string, alias: string | null, authType?: "AWS_IAM" | "NONE"): Promise<void>;
  /** What provisioning does with the ARN of a layer version: gives the function these layers and no others. */
  attachLayers(name: string, arns: readonly string[]): Promise<void>;
  createBucket(name: string, place?: Place): Promise<void>;
  stop(): Promise<void>;
}

/** The zip of a function whose code has this text in it. */
export async function zipOf(text: string): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(`exports.handler = async () => ${JSON.stringify(text)};\n`);
  return (await createZip([{ path: "index.js", bytes }])).bytes;
}

const home = { account: "111111111111", region: "eu-west-1" };

export async function openEmulated(): Promise<Emulated> {
  const emulator = await startEmulator();
  const functions = "/2015-03-31/functions";
  const made = async (name: string, code: object, place?: Place): Promise<void> => {
    const role = "arn:aws:iam::111111111111:role/function";
    await ask(emulator, "POST", functions, { FunctionName: name, Role: role, ...code }, place);
    // A function that was just made is Pending for half a second.
    for (let state = "Pending"; state === "Pending"; ) {
      const found = await ask(emulator, "GET", `${functions}/${name}/configuration`, undefined, place);
      state = String(found.State);
    }
  };
  const createFunction: Emulated["createFunction"] = (name, zip, place) => {
    const Code = { ZipFile: Buffer.from(zip).toString("base64") };
    return made(name, { Handler: "index.handler", Runtime: "nodejs22.x", Code }, place);
  };
  const createAlias: Emulated["createAlias"] = async (name, alias, place) => {
    const { Version } = await ask(emulator, "POST", `${functions}/${name}/versions`, {}, place);
    await ask(
      emulator,
      "POST",
      `${functions}/${name}/aliases`,
      { Name: alias, FunctionVersion: Version },
      place,
    );
  };
  return {
    endpoint: emulator.endpoint,
    context: (cwd, place) => testContext({ cwd, env: environmentFor(emulator, place) }),
    createFunction,
    createImageFunction: (name, ImageUri) => made(name, { PackageType: "Image", Code: { ImageUri } }),
    createAlias,
    createUrl: async (name, alias, authType = "NONE") => {
      const query = alias === null ? "" : `?Qualifier=${alias}`;
      await ask(emulator, "POST", `/2021-10-31/functions/${name}/url${query}`, { AuthType: authType });
    },
    attachLayers: async (name, arns) => {
      const path = `${functions}/${name}/configuration`;
      await ask(emulator, "PUT", path, { Layers: arns });
      for (let status = "InProgress"; status === "InProgress"; )
        status = String((await ask(emulator, "GET", path, undefined)).LastUpdateStatus);
    },
    createBucket: async (name, place) => {
      const { region } = { ...home, ...place };
      const body = `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
      // S3's first region is the one that no bucket may name.
      const init = region === "us-east-1" ? {} : { body };
      const headers = headersFor("s3", place);
      const response = await fetch(`${emulator.endpoint}/${name}`, { method: "PUT", headers, ...init });
      if (!response.ok) throw new Error(`CreateBucket ${name}: ${response.status} ${await response.text()}`);
    },
    stop: () => emulator.stop(),
  };
}

function environmentFor(emulator: Emulator, place: Place = {}): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: place.endpoint ?? emulator.endpoint,
    AWS_ACCESS_KEY_ID: place.account ?? home.account,
    AWS_SECRET_ACCESS_KEY: "secret-of-a-test",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** The emulator reads account and region out of the credential, and asks for no signature. */
function headersFor(service: string, place: Place = {}): Record<string, string> {
  const { account, region } = { ...home, ...place };
  const credential = `${account}/20260101/${region}/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` };
}

async function ask(
  { endpoint }: Emulator,
  method: string,
  path: string,
  body: unknown,
  place?: Place,
): Promise<Record<string, unknown>> {
  const init = { method, headers: { ...headersFor("lambda", place), "content-type": "application/json" } };
  const response = await fetch(
    endpoint + path,
    body === undefined ? init : { ...init, body: JSON.stringify(body) },
  );
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

/** The real door, whose process ends with its k-th call to Lambda: before it is sent, or when its answer is on the way. */
export function dyingDoor(k: number, moment: "before" | "after"): Door & { readonly died: () => boolean } {
  let calls = 0;
  const gone = (): Error => Object.assign(new Error("the process is gone"), { name: "Gone" });
  const open: Door["openAws"] = (context, scope) => {
    const aws = openAws(context, scope);
    const verbs = Object.entries(aws.lambda).map(([name, verb]) => {
      const dying = async (...given: unknown[]): Promise<unknown> => {
        calls += 1;
        if (calls > k || (calls === k && moment === "before")) throw gone();
        const answer = await (verb as (...given: unknown[]) => Promise<unknown>)(...given);
        if (calls === k) throw gone();
        return answer;
      };
      return [name, dying];
    });
    return { ...aws, lambda: Object.fromEntries(verbs) };
  };
  return { openAws: open, resolveRegions, died: () => calls >= k };
}
