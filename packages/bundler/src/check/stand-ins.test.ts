import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, describe, expect, it } from "vitest";
import { bundleAll, functionOf, problemsOf } from "../testing/repository.ts";
import { importedNames } from "./child/stub.ts";
import { findNode, majorOf, OWN_NODE } from "./find-node.ts";

let fixture: FsFixture;
afterEach(() => fixture?.rm());

const own = majorOf(OWN_NODE.version);
const later = own < 22 ? await findNode(22, process.env) : null;
// The hooks of Node.js before and from 22.15 on are two ways to do it.
const nodes = [OWN_NODE, later].filter((node) => node !== null);

const ESM = `import { S3Client, GetObjectCommand as Get } from "@aws-sdk/client-s3";
import * as dynamo from "@aws-sdk/lib-dynamodb";
class Mine extends S3Client {}
const client = new Mine({ region: "eu-west-1" });
client.middlewareStack.add(() => {}, { step: "build" });
export const [first] = [...dynamo.marshall({})];
export const handler = async (): Promise<unknown> => client.send(new Get({ Bucket: "b", Key: "k" }));
`;
const CJS = `const { S3Client } = require("@aws-sdk/client-s3");
const client = new S3Client({});
exports.handler = async () => client;
`;

describe.each(nodes)("packages that the runtime has, under Node.js $version", (node) => {
  const runtime = `nodejs${majorOf(node.version)}.x`;
  const checked = { importCheck: { enabled: true, env: {} }, runtime, runtimeDeclared: true };
  const bundler = { nodeFor: async () => node };

  it.each([
    ["esm", "esm", { "src/api.ts": ESM }],
    ["cjs", "cjs", { "src/api.ts": ESM }],
    ["CommonJS sources", "esm", { "src/api.ts": CJS }],
  ] as const)("have stubs where they are not installed: %s", async (_, format, files) => {
    fixture = await createFixture(files);
    const run = await bundleAll(fixture.path, [functionOf("api", { ...checked, format })], { bundler });
    const told = run.context.lines.map(({ message }) => message).join("\n");
    expect(run.notices.join("\n")).not.toContain("import check");
    expect(told).toContain("loads from the zip with stubs for @aws-sdk/client-s3");
    expect(run.notices.join()).not.toContain("import check");
  });

  it("have stubs with what packages import of them, too", async () => {
    fixture = await createFixture({
      "src/api.ts":
        'import { documents } from "@acme/db";\nexport const handler = (): unknown => documents;\n',
      "node_modules/@acme/db/package.json":
        '{"name":"@acme/db","version":"1.0.0","type":"module","exports":"./index.js"}',
      "node_modules/@acme/db/index.js":
        'import { DynamoDBClient } from "@aws-sdk/client-dynamodb";\nexport const documents = new DynamoDBClient({});\n',
    });
    const run = await bundleAll(fixture.path, [functionOf("api", checked)], { bundler });
    const told = run.context.lines.map(({ message }) => message).join("\n");
    expect(told).toContain("loads from the zip with stubs for @aws-sdk/client-dynamodb");
  });

  it.each(["esm", "cjs"] as const)(
    "are those of the repository where they are installed: %s",
    async (format) => {
      fixture = await createFixture({
        "src/api.ts": `import { name } from "theirs";\nif (name !== "installed") throw new ReferenceError("stub is not defined");\nexport const handler = (): string => name;\n`,
        "node_modules/theirs/package.json":
          '{"name":"theirs","version":"1.0.0","type":"module","exports":"./index.js"}',
        "node_modules/theirs/index.js": 'export const name = "installed";',
      });
      const esbuild = { external: ["theirs"] };
      const fn = functionOf("api", { ...checked, format, esbuild, provided: ["theirs"] });
      const run = await bundleAll(fixture.path, [fn], { bundler });
      expect(run.notices).toEqual([]);
    },
  );

  it("are told of where a module fails, which may be their fault", async () => {
    fixture = await createFixture({
      "src/api.ts": `import { S3Client } from "@aws-sdk/client-s3";
if (new S3Client({}).config.endpoint) throw new Error("no custom endpoints");
export const handler = async (): Promise<number> => 1;
`,
    });
    const run = await bundleAll(fixture.path, [functionOf("api", checked)], { bundler });
    expect(run.notices.join()).toContain(
      "throws while it is loaded, with empty stubs for @aws-sdk/client-s3, as none is installed here: no custom",
    );
  });

  it("are files of layers, too, where they are named", async () => {
    fixture = await createFixture({
      "src/api.ts": `import { config } from "/opt/nodejs/config.mjs";
export const handler = async (): Promise<unknown> => config;
`,
    });
    const fn = functionOf("api", { ...checked, provided: ["/opt/*"] });
    const run = await bundleAll(fixture.path, [fn], { bundler });
    expect(run.notices).toEqual([]);
  });

  it("are the SDK of durable functions, too", async () => {
    fixture = await createFixture({
      "src/api.ts": `import { withDurableExecution } from "@aws/durable-execution-sdk-js";
export const handler = withDurableExecution(async () => 1);
`,
    });
    const run = await bundleAll(fixture.path, [functionOf("api", checked)], { bundler });
    expect(run.notices.join("\n")).toContain("left to the version that the runtime has");
    expect(run.notices.join("\n")).not.toContain("import check");
  });

  it("are no excuse for others", async () => {
    fixture = await createFixture({
      "src/api.ts": `${ESM}\nconst name = ["@aws", "/other"].join("");\nawait import(name);\n`,
    });
    const [problem] = await problemsOf(fixture.path, functionOf("api", checked));
    expect(problem?.message).toContain("@aws/other");
  });
});

describe("importedNames", () => {
  it.each([
    ['import { A, B as c } from "x";', ["A", "B"]],
    ['import{A as e,B as t}from"x";import*as n from"x";', ["A", "B"]],
    ["import d, { A } from \"x\"; export { B } from 'x';", ["A", "B"]],
    ['import {\n  A,\n  B,\n} from "x";', ["A", "B"]],
    ['import*as n from"x";n.A(n.B);an.C(a.n.D);', ["A", "B"]],
    ['import { A } from "y"; import "x"; const s = "import { Z }";', []],
  ])("%s", (text, names) => {
    expect(importedNames(text, "x")).toEqual(names);
  });
});
