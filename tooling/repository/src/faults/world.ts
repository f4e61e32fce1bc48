import {
  GetAliasCommand,
  type GetAliasCommandOutput,
  GetFunctionCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  ResourceNotFoundException,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { createStub, type Place, STUB_ZIP } from "../stub-function.ts";
import type { Scenario } from "./scenario.ts";

const REGION = "eu-west-1";

/** Functions and a bucket that one run, and the one after it, have for themselves. */
export interface World {
  /** Twelve digits, its access key; on the embedded AWS its account, too. */
  readonly id: string;
  readonly account: string;
  targetOf(name: string): string;
  /** What is live, asked of AWS itself and not through the proxy. */
  look(name: string): Promise<Live>;
  /** Every object of the bucket by its key. */
  objects(): Promise<ReadonlyMap<string, string>>;
  dispose(): void;
}

export interface Live {
  readonly latest: string | null;
  readonly aliasVersion: string | null;
  readonly weights: Readonly<Record<string, number>>;
  readonly description: string;
  /** Function version → CodeSha256; without `$LATEST`. */
  readonly versions: ReadonlyMap<string, string>;
}

/** `null` when it was not created yet. */
function aliasOf(
  lambda: LambdaClient,
  FunctionName: string,
  Name: string,
): Promise<GetAliasCommandOutput | null> {
  return lambda.send(new GetAliasCommand({ FunctionName, Name })).catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  });
}

async function lookAt(lambda: LambdaClient, target: string, alias: string | null): Promise<Live> {
  const latest = await lambda.send(new GetFunctionCommand({ FunctionName: target }));
  const listed = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: target }));
  const pointer = alias === null ? null : await aliasOf(lambda, target, alias);
  const versions = (listed.Versions ?? []).flatMap(({ Version, CodeSha256 }) =>
    Version === undefined || Version === "$LATEST" ? [] : [[Version, CodeSha256 ?? ""] as const],
  );
  return {
    latest: latest.Configuration?.CodeSha256 ?? null,
    aliasVersion: pointer?.FunctionVersion ?? null,
    weights: pointer?.RoutingConfig?.AdditionalVersionWeights ?? {},
    description: pointer?.Description ?? "",
    versions: new Map(versions),
  };
}

async function readObjects(s3: S3Client, bucket: string): Promise<ReadonlyMap<string, string>> {
  const listed = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  const found = new Map<string, string>();
  for (const { Key } of listed.Contents ?? []) {
    const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    found.set(Key ?? "", Key?.endsWith(".zip") ? "" : ((await object.Body?.transformToString()) ?? ""));
  }
  return found;
}

async function provision(
  lambda: LambdaClient,
  place: Place,
  FunctionName: string,
  { alias, aliasProvisioned = true, provisioned, versions = 1 }: Scenario,
): Promise<void> {
  const named = alias === null || !aliasProvisioned ? {} : { alias };
  await createStub(place, FunctionName, { ...named, ...provisioned });
  for (let version = 2; version <= versions; version += 1) {
    const { CodeSha256 } = await lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName, ZipFile: otherZip(version), Publish: true }),
    );
    if (CodeSha256 === undefined) throw new Error(`${FunctionName} was not updated.`);
  }
  if (alias === null || versions === 1) return;
  await lambda.send(new UpdateAliasCommand({ FunctionName, Name: alias, FunctionVersion: String(versions) }));
}

/** The stub with another comment at its end: other bytes, the same files. */
function otherZip(version: number): Buffer {
  const comment = Buffer.from(`version ${version}`);
  const zip = Buffer.concat([Buffer.from(STUB_ZIP, "base64"), comment]);
  // The end record's last field is the comment's length (APPNOTE.TXT, 4.3.16).
  zip.writeUInt16LE(comment.length, zip.length - comment.length - 2);
  return zip;
}

/** Provisions a world as Terraform would: stubs, each with a first version and the alias on it. */
export async function createWorld(
  endpoint: string,
  scenario: Scenario,
  id: string,
  account: string = id,
  targetOf: (name: string) => string = (name) => `${name}-${id}`,
): Promise<World> {
  const place = { endpoint, account: id, region: REGION };
  const credentials = { accessKeyId: id, secretAccessKey: "test" };
  const lambda = new LambdaClient({ endpoint, region: REGION, credentials });
  const s3 = new S3Client({ endpoint, region: REGION, credentials, forcePathStyle: true });
  const bucket = `artifacts-${id}`;
  for (const name of [...scenario.functions, ...(scenario.alsoProvisioned ?? [])])
    await provision(lambda, place, targetOf(name), scenario);
  if (scenario.bucket) {
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
  }
  return {
    id,
    account,
    targetOf,
    look: (name) => lookAt(lambda, targetOf(name), scenario.alias),
    objects: () => (scenario.bucket ? readObjects(s3, bucket) : Promise.resolve(new Map())),
    dispose: () => {
      lambda.destroy();
      s3.destroy();
    },
  };
}
