import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Emulator, type GitRepository, provision, startEmulator } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ran } from "./run-process.ts";
import { createSample, DEV, deploySample, sluiceInSample, template } from "./sample.ts";

let emulator: Emulator;
const repositories: GitRepository[] = [];

beforeAll(async () => {
  // With IAM enforced: the functions' roles and the deployment's must be enough.
  emulator = await startEmulator({ env: { AUTH: "true" } });
  await provisionDeployment(DEV);
}, 120_000);
afterAll(async () => {
  for (const repository of repositories) await repository.dispose();
  await emulator.stop();
});

type Place = Record<"account" | "region" | "environment", string>;

function provisionDeployment(place: Place): Promise<unknown> {
  return provision({
    endpoint: emulator.endpoint,
    ...place,
    stackName: "sluice-deploy",
    template: template("deployment"),
    parameters: { TrustedPrincipals: "arn:aws:iam::999999999999:root" },
  });
}

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

describe("orders-api from staging to prod", () => {
  const STAGING = { ...DEV, account: "222222222222", environment: "staging" };
  const PROD = { ...DEV, account: "333333333333", environment: "prod" };

  it("needs no more than the two roles: tests, promotes, rolls out, writes it all down, and goes back", async () => {
    for (const place of [STAGING, PROD]) {
      await provisionDeployment(place);
      const stackName = `orders-api-${place.environment}`;
      await provision({ endpoint: emulator.endpoint, ...place, stackName, template: template("orders-api") });
    }
    const repository = await createSample("orders-api");
    repositories.push(repository);
    const change = async (file: string, from: string | RegExp, to: string): Promise<void> => {
      const text = await readFile(join(repository.path, file), "utf8");
      await repository.write(file, text.replace(from, to));
    };
    await change("sluice.config.ts", 'bake: "5m"', 'bake: "1s"');
    await change("sluice.config.ts", "keepVersions: 10", "keepVersions: 2");
    const live: string[] = [];
    for (const limit of [2000, 3000]) {
      await repository.git("checkout", "--quiet", "-B", "release/1.1.0");
      await change("src/order.ts", /maxValue\(\d+\)/, `maxValue(${limit})`);
      await repository.commit(`at most ${limit}`);
      const staged = await deploySample(repository, emulator);
      await repository.git("checkout", "--quiet", "-B", "main");
      const promoted = await deploySample(repository, emulator);
      expect([staged.exitCode, promoted.exitCode], promoted.stderr).toEqual([0, 0]);
      expect(promoted.stderr).toContain(`version ${live.length + 2} gets 10 %`);
      expect(codeOf(promoted)).toBe(codeOf(staged));
      expect([...deniedIn(staged), ...deniedIn(promoted)]).toEqual([]);
      live.push(codeOf(promoted));
    }
    const back = await sluiceInSample(repository, emulator, ["rollback", "--environment", "prod"]);
    expect([back.exitCode, codeOf(back)], back.stderr).toEqual([0, live[0]]);
    const status = await sluiceInSample(repository, emulator, ["status", "--environment", "prod"]);
    expect([status.exitCode, status.stderr]).toEqual([0, expect.stringContaining("2 as deployed")]);
  }, 240_000);
});

/** CodeSha256 of each target, as one text. */
function codeOf({ stdout }: Ran): string {
  const { targets } = JSON.parse(stdout) as { targets: readonly { codeSha256: string }[] };
  return targets.map(({ codeSha256 }) => codeSha256).join();
}

/**
 * What IAM denied. MiniStack 1.5.33 asks for `lambda:DeleteFunction` on the whole function where AWS asks for it on the function version:
 * a role that may delete functions is not what deployments should have.
 */
function deniedIn({ stderr }: Ran): readonly string[] {
  const actions = [...stderr.matchAll(/authorized to perform:\s+(\S+)/g)].map(([, action = ""]) => action);
  return actions.filter((action) => action !== "lambda:DeleteFunction");
}
