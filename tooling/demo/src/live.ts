import { GetAliasCommand, GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { FUNCTIONS, REGION, type Stage } from "./places.ts";

/** What runs under a function's alias. */
export interface Live {
  readonly function: string;
  readonly version: string;
  /** First digits of the digest, in hexadecimal. */
  readonly digest: string;
  /** What Sluice wrote onto the alias: package version, commit, digest. */
  readonly description: string;
}

/** Reads from AWS itself what each function of an environment runs. */
export async function readLive(endpoint: string, stage: Stage): Promise<readonly Live[]> {
  const credentials = { accessKeyId: stage.account, secretAccessKey: "demo" };
  const client = new LambdaClient({ endpoint, region: REGION, credentials });
  const rows = await Promise.all(
    FUNCTIONS.map(async (name) => {
      const FunctionName = `${name}-${stage.name}`;
      const [alias, live] = await Promise.all([
        client.send(new GetAliasCommand({ FunctionName, Name: "live" })),
        client.send(new GetFunctionCommand({ FunctionName, Qualifier: "live" })),
      ]);
      const sha = Buffer.from(live.Configuration?.CodeSha256 ?? "", "base64").toString("hex");
      return {
        function: name,
        version: alias.FunctionVersion ?? "",
        digest: sha.slice(0, 10),
        description: alias.Description ?? "",
      };
    }),
  );
  client.destroy();
  return rows;
}
