import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";

export interface ProvisionOptions {
  /** As `http://127.0.0.1:45671`. */
  readonly endpoint: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** Given to the template as its parameter `Environment`. */
  readonly environment: string;
  /** Path of the template. */
  readonly template: string;
  readonly stackName: string;
  /** The template's other parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Milliseconds. The emulator takes one second for the largest stack here. */
const TIMEOUT = 60_000;

function clientFor({ endpoint, account, region }: ProvisionOptions): CloudFormationClient {
  // Twelve digits as access key are the account; the secret counts only where the emulator enforces signatures.
  const credentials = { accessKeyId: account, secretAccessKey: "test" };
  return new CloudFormationClient({ endpoint, region, credentials });
}

/** The stack, or `undefined` when there is none: CloudFormation says so by a ValidationError alone. */
async function describe(client: CloudFormationClient, stackName: string): Promise<Stack | undefined> {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName: stackName }))).Stacks?.[0];
  } catch (error) {
    if (error instanceof Error && error.name === "ValidationError" && /does not exist/.test(error.message))
      return undefined;
    throw error;
  }
}

async function failedResources(client: CloudFormationClient, stack: Stack): Promise<string> {
  // By id: a stack that was rolled back and deleted is no longer found by its name.
  const events = await client.send(new DescribeStackEventsCommand({ StackName: stack.StackId ?? "" }));
  const failed = (events.StackEvents ?? []).filter(({ ResourceStatus = "" }) =>
    ResourceStatus.endsWith("_FAILED"),
  );
  return failed
    .map((event) => `  ${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason}`)
    .reverse()
    .join("\n");
}

/** Starts an update; one that changes nothing is no error. */
async function startUpdate(client: CloudFormationClient, input: CreateStackCommandInput): Promise<void> {
  try {
    await client.send(new UpdateStackCommand(input));
  } catch (error) {
    if (error instanceof Error && /No updates are to be performed/.test(error.message)) return;
    throw error;
  }
}

async function waitUntilComplete(client: CloudFormationClient, stackName: string): Promise<Stack> {
  const deadline = Date.now() + TIMEOUT;
  while (Date.now() < deadline) {
    const stack = await describe(client, stackName);
    const status = stack?.StackStatus ?? "DELETED";
    if (stack !== undefined && /^(?:CREATE|UPDATE)_COMPLETE$/.test(status)) return stack;
    if (stack === undefined || /FAILED|ROLLBACK_COMPLETE|DELETED/.test(status)) {
      const reasons = stack === undefined ? "" : await failedResources(client, stack);
      throw new Error(`Stack ${stackName} ended as ${status}.\n${reasons}`);
    }
    await delay(100);
  }
  throw new Error(`Stack ${stackName} was not complete after ${TIMEOUT / 1000} s.`);
}

/**
 * Creates or updates a stack from a template file, as `aws cloudformation deploy` does, and waits until it is complete.
 *
 * @returns the stack's outputs by name
 * @throws an Error that names each failed resource with its reason
 */
export async function provision(options: ProvisionOptions): Promise<Readonly<Record<string, string>>> {
  const client = clientFor(options);
  try {
    const parameters = { Environment: options.environment, ...options.parameters };
    const input: CreateStackCommandInput = {
      StackName: options.stackName,
      TemplateBody: await readFile(options.template, "utf8"),
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    };
    if ((await describe(client, options.stackName)) === undefined)
      await client.send(new CreateStackCommand(input));
    else await startUpdate(client, input);
    const { Outputs = [] } = await waitUntilComplete(client, options.stackName);
    return Object.fromEntries(
      Outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
    );
  } finally {
    client.destroy();
  }
}
