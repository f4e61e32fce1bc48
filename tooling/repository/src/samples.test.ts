import { setTimeout as delay } from "node:timers/promises";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Emulator, type GitRepository, provision, startEmulator } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSample, DEV, deploySample, template } from "./sample.ts";

let emulator: Emulator;
const repositories: GitRepository[] = [];

beforeAll(async () => {
  // With IAM enforced: the functions' roles and the deployment's must be enough.
  emulator = await startEmulator({ env: { AUTH: "true" } });
  await provision({
    endpoint: emulator.endpoint,
    ...DEV,
    stackName: "sluice-deploy",
    template: template("deployment"),
    parameters: { TrustedPrincipals: "arn:aws:iam::999999999999:root" },
  });
}, 120_000);
afterAll(async () => {
  for (const repository of repositories) await repository.dispose();
  await emulator.stop();
});

async function deploy(name: string): Promise<void> {
  const repository = await createSample(name);
  repositories.push(repository);
  const ran = await deploySample(repository, emulator);
  expect(ran.exitCode, ran.stderr).toBe(0);
}

describe("orders-worker on the embedded AWS", () => {
  it("takes good messages once, and leaves a poison one to the dead-letter queue", async () => {
    const outputs = await provision({
      endpoint: emulator.endpoint,
      ...DEV,
      stackName: "orders-worker-dev",
      template: template("orders-worker"),
      parameters: { VisibilityTimeoutSeconds: "5", MaxReceiveCount: "2" },
    });
    await deploy("orders-worker");
    const queue = new SQSClient({
      endpoint: emulator.endpoint,
      region: DEV.region,
      credentials: { accessKeyId: DEV.account, secretAccessKey: "test" },
    });
    const send = (body: string) =>
      queue.send(new SendMessageCommand({ QueueUrl: outputs["QueueUrl"], MessageBody: body }));
    const orderId = "0b8f3f5e-3c5a-4a53-9c3e-6d4a43b4a111";
    const occurredAt = "2026-01-01T00:00:00.000Z";
    await send(JSON.stringify({ orderId, sequence: 1, status: "accepted", occurredAt }));
    await send(JSON.stringify({ orderId, sequence: 1, status: "accepted", occurredAt }));
    await send("poison");
    const count = async (url: string | undefined): Promise<number> => {
      const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
      const { Attributes = {} } = await queue.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }),
      );
      return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    };
    const deadline = Date.now() + 40_000;
    while ((await count(outputs["DeadLetterQueueUrl"])) === 0 && Date.now() < deadline) await delay(250);
    expect([await count(outputs["QueueUrl"]), await count(outputs["DeadLetterQueueUrl"])]).toEqual([0, 1]);
    queue.destroy();
  }, 120_000);
});

describe("orders-api on the embedded AWS", () => {
  it("takes an order once for one idempotency key, and refuses what is wrong", async () => {
    const outputs = await provision({
      endpoint: emulator.endpoint,
      ...DEV,
      stackName: "orders-api-dev",
      template: template("orders-api"),
    });
    await deploy("orders-api");
    const url = (output: string, path: string): string => {
      const [id = ""] = new URL(outputs[output] ?? "").hostname.split(".");
      return `${emulator.endpoint}/_aws/lambda-url/${id}${path}`;
    };
    const post = (body: unknown, key: string) =>
      fetch(url("WriteUrl", "/orders"), {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify(body),
      });
    const order = { customer: "Ada", items: [{ sku: "LOCK-1", quantity: 2 }] };
    const first = await post(order, "k1");
    const { id } = (await first.json()) as { id: string };
    const again = await post(order, "k1");
    const other = await post({ ...order, customer: "Ada", items: [{ sku: "LOCK-2", quantity: 1 }] }, "k1");
    const wrong = await post({ customer: "" }, "k2");
    const read = await fetch(url("ReadUrl", `/orders/${id}`));
    const absent = await fetch(url("ReadUrl", "/orders/0b8f3f5e-3c5a-4a53-9c3e-6d4a43b4a999"));
    expect([first.status, again.status, other.status, wrong.status, read.status, absent.status]).toEqual([
      201, 200, 409, 400, 200, 404,
    ]);
    expect(await read.json()).toMatchObject({ id, ...order });
  }, 120_000);
});
