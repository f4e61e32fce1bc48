import { provision } from "@sluice/test-kit";
import { CI_ACCOUNT, REGION, type Stage, template } from "./places.ts";

/** Where the samples answer in one environment, as CloudFormation's outputs say. */
export interface Provisioned {
  readonly httpApiId: string;
  readonly readUrl: string;
  readonly writeUrl: string;
  readonly queueUrl: string;
  readonly progressTable: string;
}

/** Applies the samples' templates in an account: functions as stubs, tables, queues, URLs; role and bucket for deployments. */
export async function provisionStage(endpoint: string, stage: Stage): Promise<Provisioned> {
  const apply = (stackName: string, name: string, parameters: Record<string, string>) =>
    provision({
      endpoint,
      account: stage.account,
      region: REGION,
      environment: stage.name,
      stackName,
      template: template(name),
      parameters,
    });
  await apply("sluice-deploy", "deployment", { TrustedPrincipals: `arn:aws:iam::${CI_ACCOUNT}:root` });
  const api = await apply(`orders-api-${stage.name}`, "orders-api", {});
  const worker = await apply(`orders-worker-${stage.name}`, "orders-worker", {
    VisibilityTimeoutSeconds: "5",
    MaxReceiveCount: "2",
  });
  return {
    httpApiId: output(api, "HttpApiId"),
    readUrl: output(api, "ReadUrl"),
    writeUrl: output(api, "WriteUrl"),
    queueUrl: output(worker, "QueueUrl"),
    progressTable: output(worker, "TableName"),
  };
}

function output(outputs: Readonly<Record<string, string>>, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Error(`The stack has no output ${name}.`);
  return value;
}
