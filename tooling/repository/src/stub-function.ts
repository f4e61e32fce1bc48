import {
  CreateAliasCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
} from "@aws-sdk/client-lambda";

/** A zip with one `index.mjs` that answers "stub": made once with Python’s zipfile, so that no package of ours makes it. */
export const STUB_ZIP: string =
  "UEsDBBQAAAAAAAAAIQD1QW+ZKgAAACoAAAAJAAAAaW5kZXgubWpzZXhwb3J0IGNvbnN0IGhhbmRsZXIgPSBhc3luYyAoKSA9PiAic3R1YiI7UEsBAhQDFAAAAAAAAAAhAPVBb5kqAAAAKgAAAAkAAAAAAAAAAAAAAKSBAAAAAGluZGV4Lm1qc1BLBQYAAAAAAQABADcAAABRAAAAAAA=";

export interface Place {
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
}

/** A client that acts in an account: MiniStack takes twelve digits as access key for the account. */
function lambdaIn({ endpoint, account, region }: Place): LambdaClient {
  return new LambdaClient({
    endpoint,
    region,
    credentials: { accessKeyId: account, secretAccessKey: "test" },
  });
}

/** Provisions a function as Terraform would: a stub, a first version, and an alias on it when one is named. */
export async function createStub(
  place: Place,
  name: string,
  options: Partial<CreateFunctionCommandInput> & { readonly alias?: string } = {},
): Promise<void> {
  const { alias, ...more } = options;
  const client = lambdaIn(place);
  await client.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: `arn:aws:iam::${place.account}:role/execution`,
      Code: { ZipFile: Buffer.from(STUB_ZIP, "base64") },
      ...more,
    }),
  );
  if (alias !== undefined) {
    const { Version } = await client.send(new PublishVersionCommand({ FunctionName: name }));
    await client.send(new CreateAliasCommand({ FunctionName: name, Name: alias, FunctionVersion: Version }));
  }
  client.destroy();
}

/** Invokes a function and parses what it answers. */
export async function invoke(place: Place, name: string, qualifier?: string): Promise<unknown> {
  const client = lambdaIn(place);
  const { Payload } = await client.send(
    new InvokeCommand({
      FunctionName: name,
      Payload: Buffer.from("{}"),
      ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
    }),
  );
  client.destroy();
  return JSON.parse(new TextDecoder().decode(Payload));
}

/** `CodeSha256` of what is live, and the numbers of all published versions. */
export async function inspect(
  place: Place,
  name: string,
  qualifier?: string,
): Promise<{ codeSha256: string | undefined; version: string | undefined; versions: readonly string[] }> {
  const client = lambdaIn(place);
  const got = await client.send(
    new GetFunctionCommand({
      FunctionName: name,
      ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
    }),
  );
  const listed = await client.send(new ListVersionsByFunctionCommand({ FunctionName: name }));
  client.destroy();
  const versions = (listed.Versions ?? [])
    .map((each) => each.Version ?? "")
    .filter((each) => each !== "$LATEST");
  return { codeSha256: got.Configuration?.CodeSha256, version: got.Configuration?.Version, versions };
}
