import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

export interface DynamoDouble {
  readonly client: DynamoDBClient;
  /** What was asked: operation and input. */
  readonly calls: { readonly operation: string; readonly input: Record<string, unknown> }[];
  close(): Promise<void>;
}

/** A table at the other end of a real HTTP connection: gives one answer to every call and keeps what was asked. */
export async function dynamoDouble(status: number, answer: unknown): Promise<DynamoDouble> {
  const calls: DynamoDouble["calls"] = [];
  const server = createServer(async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    calls.push({ operation, input: (await json(request)) as Record<string, unknown> });
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify(answer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "111111111111", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  return {
    client,
    calls,
    async close() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
