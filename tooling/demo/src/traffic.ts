import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Provisioned } from "./infrastructure.ts";
import { REGION, type Stage } from "./places.ts";
import { BULK_QUANTITY } from "./story.ts";

/** What one environment answers to the same questions, over HTTP and through its queue. */
export interface Answers {
  /** `GET /version` on the HTTP API: the package version, or the stub's status. */
  readonly version: string;
  /** `POST /orders` on the function URL, then `GET /orders/{id}` on the other one. */
  readonly order: string;
  /** The same with more pieces than the first version takes. */
  readonly bulk: string;
  /** A message through the queue: the package version that wrote it down. */
  readonly queue: string;
}

/** Milliseconds: a message is written down within a second, unless the machine is busy. */
const QUEUE_TIMEOUT = 15_000;

export class Traffic {
  readonly #endpoint: string;
  readonly #stage: Stage;
  readonly #places: Provisioned;
  readonly #aws: ConstructorParameters<typeof SQSClient>[0] & object;

  constructor(endpoint: string, stage: Stage, places: Provisioned) {
    this.#endpoint = endpoint;
    this.#stage = stage;
    this.#places = places;
    this.#aws = {
      endpoint,
      region: REGION,
      credentials: { accessKeyId: stage.account, secretAccessKey: "demo" },
    };
  }

  /** Asks everything. `worker`: whether a worker is deployed; its stub would leave the message to the dead-letter queue. */
  async ask(worker: boolean): Promise<Answers> {
    const [version, order, bulk, queue] = await Promise.all([
      this.#version(),
      this.#order(2),
      this.#order(BULK_QUANTITY),
      worker ? this.#throughQueue() : "stub",
    ]);
    return { version, order, bulk, queue };
  }

  /** A function URL answers by its host name; on the embedded AWS also under a path. */
  #functionUrl(url: string, path: string): string {
    const [id = ""] = new URL(url).hostname.split(".");
    return `${this.#endpoint}/_aws/lambda-url/${id}${path}`;
  }

  async #version(): Promise<string> {
    // The embedded AWS finds an HTTP API in the caller's account, and reads the account from the credential's scope.
    const credential = `${this.#stage.account}/20260101/${REGION}/execute-api/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
    const url = `${this.#endpoint}/_aws/execute-api/${this.#places.httpApiId}/$default/version`;
    const response = await fetch(url, { headers: { authorization } });
    if (response.status === 503) return "stub";
    const { version } = (await response.json()) as { version?: string };
    return version ?? `status ${response.status}`;
  }

  async #order(quantity: number): Promise<string> {
    const body = JSON.stringify({ customer: "Ada", items: [{ sku: "LOCK-1", quantity }] });
    const created = await fetch(this.#functionUrl(this.#places.writeUrl, "/orders"), {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
      body,
    });
    if (created.status !== 201) return String(created.status);
    const { id } = (await created.json()) as { id: string };
    const read = await fetch(this.#functionUrl(this.#places.readUrl, `/orders/${id}`));
    return `${created.status}, ${read.status}`;
  }

  async #throughQueue(): Promise<string> {
    const queue = new SQSClient(this.#aws);
    const table = new DynamoDBClient(this.#aws);
    const orderId = randomUUID();
    const event = { orderId, sequence: 1, status: "accepted", occurredAt: new Date().toISOString() };
    await queue.send(
      new SendMessageCommand({ QueueUrl: this.#places.queueUrl, MessageBody: JSON.stringify(event) }),
    );
    const deadline = Date.now() + QUEUE_TIMEOUT;
    let found: string | undefined;
    while (found === undefined && Date.now() < deadline) {
      await delay(100);
      const { Item } = await table.send(
        new GetItemCommand({ TableName: this.#places.progressTable, Key: { orderId: { S: orderId } } }),
      );
      found = Item?.["processedBy"]?.S;
    }
    queue.destroy();
    table.destroy();
    return found ?? "not taken";
  }
}
