import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createGitRepository, type GitRepository } from "@sluice/test-kit";
import { cached } from "../cache.ts";
import { runCommand } from "../command.ts";

/** Pinned: a benchmark over other packages is another benchmark. */
const DEPENDENCIES: Readonly<Record<string, string>> = {
  "@aws-sdk/client-dynamodb": "3.1162.0",
  hono: "4.13.19",
  zod: "4.6.7",
};

const PACKAGE: string = JSON.stringify(
  { name: "bench-orders", version: "1.0.0", private: true, type: "module", dependencies: DEPENDENCIES },
  null,
  2,
);

/** An HTTP function as users write them: a router, a schema, a client of the AWS SDK. */
function handler(revision: number): string {
  return `import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { z } from "zod";

export const revision = ${revision};
const Order = z.object({ id: z.string().min(1), total: z.number().nonnegative() });
const table = new DynamoDBClient({});
const app = new Hono();

app.get("/", (context) => context.json({ revision }));
app.post("/orders", async (context) => {
  const order = Order.parse(await context.req.json());
  const Item = { id: { S: order.id }, total: { N: String(order.total) } };
  await table.send(new PutItemCommand({ TableName: "orders", Item }));
  return context.json(order, 201);
});

export const handler = handle(app);
`;
}

/** What the configuration fixes. */
export interface RepositoryOptions {
  /** In the configuration and in AWS. */
  readonly functionName: string;
  readonly alias: string;
  readonly account: string;
  readonly region: string;
  readonly signal: AbortSignal;
}

/** A function repository of one function, on `develop`, with its packages installed. */
export interface FunctionRepository extends GitRepository {
  /** Changes the function's code and commits; each time gives another digest. */
  revise(): Promise<void>;
  /** The deployment package that `sluice` built last. */
  readonly zip: string;
}

/** node_modules from the registry, once for all runs. */
function installedPackages(signal: AbortSignal): Promise<string> {
  const key = Object.entries(DEPENDENCIES)
    .map((entry) => entry.join("-").replace(/[@/]/g, ""))
    .join("+");
  return cached(`packages-${key}`, async (cwd) => {
    await writeFile(join(cwd, "package.json"), PACKAGE);
    const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    await runCommand("npm", args, { cwd, env: process.env as Record<string, string>, signal });
  });
}

/** Makes the repository in a temporary folder. */
export async function createFunctionRepository(options: RepositoryOptions): Promise<FunctionRepository> {
  const { functionName, alias, account, region, signal } = options;
  const installed = await installedPackages(signal);
  const repository = await createGitRepository();
  try {
    await repository.git("switch", "--quiet", "--create", "develop");
    for (const name of ["node_modules", "package.json", "package-lock.json"])
      await cp(join(installed, name), join(repository.path, name), {
        recursive: true,
        verbatimSymlinks: true,
      });
    await repository.write(".gitignore", "node_modules\n.sluice/\n");
    await repository.write(
      "sluice.config.ts",
      `import { defineConfig } from "sluice";

export default defineConfig({
  functions: { "${functionName}": "src/orders.ts" },
  environments: { dev: { account: "${account}", region: "${region}", alias: "${alias}" } },
});
`,
    );
    let revision = 0;
    const revise = async (): Promise<void> => {
      revision += 1;
      await repository.write("src/orders.ts", handler(revision));
      await repository.commit(`revision ${revision}`);
    };
    await revise();
    const zip = join(repository.path, ".sluice", "artifacts", `${functionName}.zip`);
    return { ...repository, revise, zip };
  } catch (error) {
    await repository.dispose();
    throw error;
  }
}
