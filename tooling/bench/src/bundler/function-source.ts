/** Clients of the AWS SDK beyond those that every function has. */
interface Client {
  readonly variable: string;
  readonly imports: string;
  readonly create: string;
  /** An expression that sends something about `record`. */
  readonly send: string;
}

const CLIENTS: readonly Client[] = [
  {
    variable: "bucket",
    imports: `import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";`,
    create: "new S3Client({})",
    send: `bucket.send(new PutObjectCommand({ Bucket: "shop", Key: record.id, Body: JSON.stringify(record) })).then(() => bucket.send(new GetObjectCommand({ Bucket: "shop", Key: record.id })))`,
  },
  {
    variable: "queue",
    imports: `import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";`,
    create: "new SQSClient({})",
    send: `queue.send(new SendMessageCommand({ QueueUrl: process.env["QUEUE"], MessageBody: record.id }))`,
  },
  {
    variable: "topic",
    imports: `import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";`,
    create: "new SNSClient({})",
    send: `topic.send(new PublishCommand({ TopicArn: process.env["TOPIC"], Message: record.id }))`,
  },
  {
    variable: "events",
    imports: `import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";`,
    create: "new EventBridgeClient({})",
    send: `events.send(new PutEventsCommand({ Entries: [{ Source: "shop", DetailType: NAME, Detail: record.id }] }))`,
  },
  {
    variable: "secrets",
    imports: `import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";`,
    create: "new SecretsManagerClient({})",
    send: "secrets.send(new GetSecretValueCommand({ SecretId: NAME }))",
  },
  {
    variable: "machines",
    imports: `import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";`,
    create: "new SFNClient({})",
    send: `machines.send(new StartExecutionCommand({ stateMachineArn: process.env["MACHINE"], input: record.id }))`,
  },
];

const NOUNS = [
  "order",
  "basket",
  "invoice",
  "parcel",
  "refund",
  "customer",
  "review",
  "price",
  "stock",
  "coupon",
];
const FIELDS = ["total", "weight", "count", "discount", "priority", "distance", "rating", "age"];

/** Name of a function, as `invoice-2`; the same for the same index. */
export function functionName(index: number): string {
  return `${NOUNS[index % NOUNS.length]}-${Math.floor(index / NOUNS.length) + 1}`;
}

/** One or two of the six clients, others from function to function. */
function clientsOf(index: number): readonly Client[] {
  const first = index % CLIENTS.length;
  const further = index % 2 === 0 ? 1 + (Math.floor(index / CLIENTS.length) % (CLIENTS.length - 1)) : 0;
  const second = (first + further) % CLIENTS.length;
  return CLIENTS.filter((_, position) => position === first || position === second);
}

/** What only some functions have: tracing, or parameters. */
function extrasOf(index: number): {
  readonly imports: string;
  readonly client: string;
  readonly limit: string;
} {
  const client = "new DynamoDBClient({})";
  if (index % 4 === 1)
    return {
      imports: `import { Tracer } from "@aws-lambda-powertools/tracer";\n`,
      client: `new Tracer({ serviceName: NAME }).captureAWSv3Client(${client})`,
      limit: "null",
    };
  if (index % 4 === 3)
    return {
      imports: `import { getParameter } from "@aws-lambda-powertools/parameters/ssm";\n`,
      client,
      limit: `await getParameter("/shop/limit")`,
    };
  return { imports: "", client, limit: "null" };
}

/** Schema and rules that no other function has. */
function ownCode(index: number): string {
  const rules = FIELDS.map((field, position) => {
    const limit = (index + 1) * (position + 3);
    return `  { field: "${field}", limit: ${limit}, apply: (value) => (value > ${limit} ? value * ${position + 2} : value + ${index}) },`;
  });
  return `const Record = z.object({
  id: z.string().min(1),
${FIELDS.map((field, position) => `  ${field}: z.number().min(${(index * position) % 7}).default(${index + position}),`).join("\n")}
});
type Record = z.infer<typeof Record>;
type Field = ${FIELDS.map((field) => `"${field}"`).join(" | ")};

const RULES: readonly { field: Field; limit: number; apply: (value: number) => number }[] = [
${rules.join("\n")}
];

function settle(record: Record): Record {
  return RULES.reduce((current, { field, apply }) => ({ ...current, [field]: apply(current[field]) }), record);
}`;
}

/**
 * The source of a function as users write them: a router, a schema, rules of its own, Powertools, DynamoDB and further clients of
 * the AWS SDK. The same for the same arguments.
 *
 * @param revision - a change of it changes the code, not what it does
 */
export function functionSource(index: number, revision = 0): string {
  const clients = clientsOf(index);
  const extras = extrasOf(index);
  return `import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
${extras.imports}import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
${clients.map(({ imports }) => imports).join("\n")}
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { z } from "zod";

const NAME = "${functionName(index)}";
const REVISION = ${revision};
const logger = new Logger({ serviceName: NAME });
const metrics = new Metrics({ namespace: "shop", serviceName: NAME });
const table = DynamoDBDocumentClient.from(${extras.client});
${clients.map(({ variable, create }) => `const ${variable} = ${create};`).join("\n")}

${ownCode(index)}

async function store(record: Record): Promise<void> {
  await table.send(new PutCommand({ TableName: NAME, Item: record }));
${clients.map(({ send }) => `  await ${send};`).join("\n")}
  metrics.addMetric("stored", MetricUnit.Count, 1);
}

const app = new Hono();
app.get("/", async (context) => context.json({ NAME, REVISION, limit: ${extras.limit} }));
app.get("/:id", async (context) => {
  const { Item } = await table.send(new GetCommand({ TableName: NAME, Key: { id: context.req.param("id") } }));
  return Item === undefined ? context.notFound() : context.json(Item);
});
app.post("/", async (context) => {
  const record = settle(Record.parse(await context.req.json()));
  logger.info("storing", { id: record.id });
  await store(record);
  return context.json(record, 201);
});

export const handler = handle(app);
`;
}
