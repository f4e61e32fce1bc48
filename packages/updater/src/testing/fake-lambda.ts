import { createHash } from "node:crypto";
import type { CallCounter, LambdaApi } from "@sluice/aws";
import type { FunctionConfiguration } from "../plan/observed.ts";

export interface FakeAlias {
  version: string;
  revision: string;
  description?: string;
  weights?: Readonly<Record<string, number>>;
}

/** The result of an invocation, with what it logged. */
export interface FakeAnswer {
  readonly result: unknown;
  readonly error?: string;
  readonly log?: string;
}

export interface FakeFunction {
  latest: FunctionConfiguration;
  versions: FunctionConfiguration[];
  aliases: Map<string, FakeAlias>;
  /** Qualifier, `$LATEST` without one → its function URL. */
  urls?: Map<string, string>;
  /** Qualifiers that event source mappings are bound to. */
  mapped?: string[];
  /** What an invocation of a qualifier comes to; without it, `null`. */
  answer?: (payload: unknown, qualifier: string | undefined) => FakeAnswer;
  /** Reads that still answer InProgress after an update. */
  busyReads: number;
}

type Operation = keyof LambdaApi & string;
type Fault = (operation: string, nth: number) => unknown;

/** Lambda's edge, with the rules that the emulator lacks: one update at a time, versions only for new code, guards. */
export interface FakeLambda {
  readonly api: LambdaApi;
  readonly functions: Map<string, FakeFunction>;
  /** Operations, in order. */
  readonly log: string[];
  /** Throws what it returns, before the call is carried out. */
  before: Fault;
  /** Throws what it returns, after the call was carried out: its answer is lost. */
  after: Fault;
  /** How many reads an update stays InProgress. */
  busyReads: number;
}

export function awsError(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(`${name} by the fake`), {
    name,
    $metadata: { httpStatusCode, requestId: "r-1" },
  });
}

export const sha = (code: string | Uint8Array): string => createHash("sha256").update(code).digest("base64");

let revisions = 0;
const revision = (): string => `revision-${++revisions}`;

export function fakeFunction(
  name: string,
  code: string,
  overrides: FunctionConfiguration = {},
): FakeFunction {
  const latest: FunctionConfiguration = {
    FunctionName: name,
    FunctionArn: `arn:aws:lambda:eu-west-1:111111111111:function:${name}`,
    Version: "$LATEST",
    CodeSha256: sha(code),
    RevisionId: revision(),
    Handler: "index.handler",
    Runtime: "nodejs22.x",
    Architectures: ["x86_64"],
    PackageType: "Zip",
    State: "Active",
    LastUpdateStatus: "Successful",
    LastModified: "2026-11-01T00:00:00.000+0000",
    ...overrides,
  };
  return { latest, versions: [], aliases: new Map(), busyReads: 0 };
}

/** Publishes what a function has, and points an alias at it. */
export function withAlias(target: FakeFunction, alias: string): FakeFunction {
  const version = publishNow(target);
  target.aliases.set(alias, { version: version.Version ?? "", revision: revision() });
  return target;
}

export function publishNow(target: FakeFunction, description?: string): FunctionConfiguration {
  const last = target.versions.at(-1);
  if (last !== undefined && last.CodeSha256 === target.latest.CodeSha256) return last;
  const made = { ...target.latest, Version: String(target.versions.length + 1), RevisionId: revision() };
  if (description !== undefined) made.Description = description;
  target.versions.push(made);
  return made;
}

export function fakeLambda(...functions: FakeFunction[]): FakeLambda {
  const fake: FakeLambda = {
    api: {} as LambdaApi,
    functions: new Map(functions.map((one) => [one.latest.FunctionName ?? "", one])),
    log: [],
    before: () => undefined,
    after: () => undefined,
    busyReads: 1,
  };
  const handlers = handlersOf(fake);
  for (const [method, handler] of Object.entries(handlers)) {
    const operation = `${method[0]?.toUpperCase()}${method.slice(1)}`;
    const send = async (input: never, calls?: CallCounter): Promise<unknown> => {
      fake.log.push(operation);
      if (calls !== undefined) calls[operation] = (calls[operation] ?? 0) + 1;
      const nth = fake.log.filter((one) => one === operation).length;
      throwIf(fake.before(operation, nth));
      const answer = structuredClone((handler as (input: never) => unknown)(input));
      throwIf(fake.after(operation, nth));
      return answer;
    };
    Object.assign(fake.api, { [method]: send });
  }
  return fake;
}

function throwIf(error: unknown): void {
  if (error !== undefined) throw error;
}

type Input<M extends Operation> = Parameters<LambdaApi[M]>[0];

function handlersOf(fake: FakeLambda): Record<string, unknown> {
  const find = (name: string | undefined): FakeFunction => {
    const found = fake.functions.get(name?.split(":").at(-1) ?? "");
    if (found === undefined) throw awsError("ResourceNotFoundException", 404);
    return found;
  };
  return {
    getFunction: ({ FunctionName, Qualifier }: Input<"getFunction">) => ({
      Configuration: qualified(find(FunctionName), Qualifier),
    }),
    listFunctions: ({ Marker, MaxItems }: Input<"listFunctions">) => {
      const all = [...fake.functions.values()];
      const start = Number(Marker ?? 0);
      const end = start + (MaxItems ?? 50);
      // https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html: a subset of the fields.
      const Functions = all.slice(start, end).map(({ latest: { State, LastUpdateStatus, ...rest } }) => rest);
      return { Functions, ...(end < all.length ? { NextMarker: String(end) } : {}) };
    },
    updateFunctionCode: (input: Input<"updateFunctionCode">) => {
      const target = find(input.FunctionName);
      guard(input.RevisionId, target.latest.RevisionId);
      if (target.busyReads > 0) throw awsError("ResourceConflictException", 409);
      const CodeSha256 = input.ZipFile === undefined ? sha(input.S3Key ?? "") : sha(input.ZipFile);
      target.busyReads = fake.busyReads;
      const LastUpdateStatus = fake.busyReads > 0 ? "InProgress" : "Successful";
      target.latest = { ...target.latest, CodeSha256, LastUpdateStatus, RevisionId: revision() };
      return input.Publish ? publishNow(target) : target.latest;
    },
    publishVersion: (input: Input<"publishVersion">) => {
      const target = find(input.FunctionName);
      guard(input.RevisionId, target.latest.RevisionId);
      if (input.CodeSha256 !== target.latest.CodeSha256) throw awsError("InvalidParameterValueException");
      return publishNow(target, input.Description);
    },
    listVersionsByFunction: ({ FunctionName }: Input<"listVersionsByFunction">) => {
      const { latest, versions } = find(FunctionName);
      return { Versions: [latest, ...versions] };
    },
    getAlias: ({ FunctionName, Name }: Input<"getAlias">) =>
      aliasAnswer(Name, aliasOf(find(FunctionName), Name)),
    listAliases: ({ FunctionName }: Input<"listAliases">) => ({
      Aliases: [...find(FunctionName).aliases].map(([name, alias]) => aliasAnswer(name, alias)),
    }),
    createAlias: (input: Input<"createAlias">) => {
      const { aliases } = find(input.FunctionName);
      const name = input.Name ?? "";
      if (aliases.has(name)) throw awsError("ResourceConflictException", 409);
      const alias: FakeAlias = { version: input.FunctionVersion ?? "", revision: revision() };
      if (input.Description !== undefined) alias.description = input.Description;
      aliases.set(name, alias);
      return aliasAnswer(name, alias);
    },
    updateAlias: (input: Input<"updateAlias">) => {
      const alias = aliasOf(find(input.FunctionName), input.Name);
      guard(input.RevisionId, alias.revision);
      alias.version = input.FunctionVersion ?? alias.version;
      if (input.Description !== undefined) alias.description = input.Description;
      // Without RoutingConfig the weights stay; with an empty one they are gone (UpdateAlias, API reference).
      if (input.RoutingConfig !== undefined)
        alias.weights = input.RoutingConfig.AdditionalVersionWeights ?? {};
      alias.revision = revision();
      return aliasAnswer(input.Name, alias);
    },
    deleteFunction: ({ FunctionName, Qualifier }: Input<"deleteFunction">) => {
      const target = find(FunctionName);
      const names = [...target.aliases.values()].flatMap(({ version, weights = {} }) => [
        version,
        ...Object.keys(weights),
      ]);
      if (names.includes(Qualifier)) throw awsError("ResourceConflictException", 409);
      target.versions = target.versions.filter(({ Version }) => Version !== Qualifier);
      return {};
    },
    invoke: ({ FunctionName, Qualifier, Payload }: Input<"invoke">) => {
      const given =
        Payload === undefined ? undefined : JSON.parse(new TextDecoder().decode(Payload as Uint8Array));
      const { result, error, log } = find(FunctionName).answer?.(given, Qualifier) ?? { result: null };
      return {
        StatusCode: 200,
        ExecutedVersion: Qualifier,
        Payload: new TextEncoder().encode(JSON.stringify(result)),
        ...(error === undefined ? {} : { FunctionError: error }),
        ...(log === undefined ? {} : { LogResult: Buffer.from(log).toString("base64") }),
      };
    },
    getFunctionUrlConfig: ({ FunctionName, Qualifier = "$LATEST" }: Input<"getFunctionUrlConfig">) => {
      const url = find(FunctionName).urls?.get(Qualifier);
      if (url === undefined) throw awsError("ResourceNotFoundException", 404);
      return { FunctionUrl: url, AuthType: "NONE" };
    },
    // Without a name those of all functions, as AWS does.
    listEventSourceMappings: ({ FunctionName }: Input<"listEventSourceMappings">) => {
      const all = FunctionName === undefined ? [...fake.functions.values()] : [find(FunctionName)];
      const EventSourceMappings = all.flatMap(({ latest, mapped = [] }) =>
        mapped.map((one) => ({ FunctionArn: `${latest.FunctionArn}:${one}` })),
      );
      return { EventSourceMappings };
    },
  };
}

function guard(sent: string | undefined, present: string | undefined): void {
  if (sent !== undefined && sent !== present) throw awsError("PreconditionFailedException", 412);
}

function aliasOf(target: FakeFunction, name: string | undefined): FakeAlias {
  const alias = target.aliases.get(name ?? "");
  if (alias === undefined) throw awsError("ResourceNotFoundException", 404);
  return alias;
}

function aliasAnswer(name: string | undefined, alias: FakeAlias): object {
  const { version, revision: RevisionId, description, weights = {} } = alias;
  return {
    Name: name,
    FunctionVersion: version,
    RevisionId,
    ...(description === undefined ? {} : { Description: description }),
    ...(Object.keys(weights).length === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } }),
  };
}

/** A read of an update under way brings it nearer to its end. */
function qualified(target: FakeFunction, qualifier: string | undefined): FunctionConfiguration {
  if (target.busyReads > 0) {
    target.busyReads -= 1;
    const LastUpdateStatus = target.busyReads > 0 ? "InProgress" : "Successful";
    target.latest = { ...target.latest, LastUpdateStatus };
    target.versions = target.versions.map((version) => ({ ...version, LastUpdateStatus }));
  }
  if (qualifier === undefined || qualifier === "$LATEST") return target.latest;
  const number = target.aliases.get(qualifier)?.version ?? qualifier;
  const found =
    number === "$LATEST" ? target.latest : target.versions.find(({ Version }) => Version === number);
  if (found === undefined) throw awsError("ResourceNotFoundException", 404);
  return found;
}
