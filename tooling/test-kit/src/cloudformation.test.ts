import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ProvisionOptions, provision } from "./cloudformation.ts";
import { type Emulator, startEmulator } from "./emulator.ts";

let emulator: Emulator;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
  emulator = await startEmulator();
});
afterAll(async () => {
  await emulator?.stop();
  await rm(folder, { recursive: true, force: true });
});

const queue = (retention: string): string => `
Parameters:
  Environment: { Type: String }
  Retention: { Type: Number, Default: 60 }
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: { QueueName: !Sub "orders-\${Environment}", MessageRetentionPeriod: ${retention} }
Outputs:
  Url: { Value: !Ref Queue }
  Seconds: { Value: !Ref Retention }
`;

async function options(template: string, more: Partial<ProvisionOptions> = {}): Promise<ProvisionOptions> {
  const file = join(folder, "template.yaml");
  await writeFile(file, template);
  const account = { endpoint: emulator.endpoint, account: "222222222222", region: "eu-west-1" };
  return { ...account, environment: "staging", template: file, stackName: "orders", ...more };
}

it("creates a stack, leaves it alone, and updates it", async () => {
  const given = await options(queue("!Ref Retention"));
  const created = await provision(given);
  expect(created).toMatchObject({ Seconds: "60" });
  expect(created.Url).toMatch(/\/222222222222\/orders-staging$/);
  expect(await provision(given)).toEqual(created);
  expect(await provision({ ...given, parameters: { Retention: "120" } })).toMatchObject({ Seconds: "120" });
});

it("names the resource that failed and why", async () => {
  const broken = `
Parameters:
  Environment: { Type: String }
Resources:
  Url:
    Type: AWS::Lambda::Url
    Properties: { TargetFunctionArn: not-there, AuthType: NONE }
`;
  const failure = provision(await options(broken, { stackName: "broken" }));
  await expect(failure).rejects.toThrow(
    /broken ended as \w*ROLLBACK\w*\.\n {2}Url \(AWS::Lambda::Url\): .*not-there/,
  );
});
