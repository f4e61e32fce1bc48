import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { findPythonFunctions } from "./find-functions.ts";

const ENV = {
  TABLE: "Table",
  ID: "Bucket.Arn",
  SIZE: "3",
  LEVEL: "INFO",
  URL: "https://placeholder.us-east-1",
};
const HANDLER = "def lambda_handler(event, context):\n    return 1\n";

async function found(files: Record<string, string>): Promise<unknown[]> {
  await using corpus = await createFixture(files);
  const top = corpus.path.replace(/\/$/, "");
  const functions = await findPythonFunctions(top);
  return functions.map((each) => ({
    ...each,
    root: each.root.slice(top.length + 1),
    file: each.file.slice(top.length + 1),
  }));
}

describe("functions that templates declare", () => {
  it("are read from SAM, with defaults for all and of parameters", async () => {
    const template = `
Parameters:
  Python: { Type: String, Default: python3.11 }
  Level: { Type: String, Default: INFO }
Globals:
  Function: { Environment: { Variables: { TABLE: !Ref Table, ID: !GetAtt Bucket.Arn, SIZE: 3, LEVEL: !Ref Level, URL: !Sub "https://\${Api}.\${AWS::Region}" } }, Runtime: !Ref Python, Layers: [!Sub "arn:\${AWS::Region}:x"] }
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: one/, Handler: app.run, Architectures: [arm64] }
  Two:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: two, Handler: src/app.run, Runtime: python3.13 }
  Image: { Type: AWS::Serverless::Function, Properties: { PackageType: Image, CodeUri: one } }
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {
      BucketName: x
    }
`;
    expect(
      await found({
        "a/template.yaml": template,
        "a/one/app.py": "run = print",
        "a/one/requirements.txt": "",
        "a/two/src/app.py": "run = print",
        "a/two/requirements.txt": "",
      }),
    ).toEqual([
      {
        ...{ root: "a", file: "a/one/app.py", exportName: "run", handler: "app.run" },
        ...{ declaredRuntime: "python3.11", architecture: "arm64", env: ENV, layered: true },
      },
      {
        ...{ root: "a", file: "a/two/src/app.py", exportName: "run", handler: "src/app.run" },
        ...{ declaredRuntime: "python3.13", architecture: "x86_64", env: ENV, layered: true },
      },
    ]);
  });

  it("are read from serverless.yml and Chalice", async () => {
    expect(
      await found({
        "a/serverless.yml":
          "provider: { name: aws, runtime: python3.9 }\nfunctions:\n  get: { handler: items/get.get }\n",
        "a/items/get.py": "def get(event, context): ...",
        "a/requirements.txt": "",
        "b/.chalice/config.json": "{}",
        "b/app.py": "app = Chalice()",
        "b/requirements.txt": "",
      }),
    ).toMatchObject([
      { file: "a/items/get.py", handler: "items/get.get", declaredRuntime: "python3.9" },
      { file: "b/app.py", exportName: "app", handler: "app.app", declaredRuntime: null },
    ]);
  });

  it("are passed over without requirements of their own", async () => {
    const template =
      "Resources: { One: { Type: AWS::Lambda::Function, Properties: { Code: one, Handler: app.lambda_handler, Runtime: python3.13 } } }";
    const files = { "template.yml": template, "one/app.py": HANDLER };
    expect(await found(files)).toEqual([]);
    expect(await found({ ...files, "one/requirements.txt": "aws-cdk-lib" })).toEqual([]);
    expect(await found({ ...files, "one/requirements.txt": "", "one/Dockerfile": "" })).toEqual([]);
    expect(await found({ ...files, "one/requirements.txt": "" })).toHaveLength(1);
  });
});

describe("functions that no template declares", () => {
  it("are modules with a handler, as the texts beside them tell", async () => {
    expect(
      await found({
        "a/README.md": "",
        "a/main.tf": 'runtime = "python3.12"\nhandler = "pack.app.lambda_handler"\narchitectures = ["arm64"]',
        "a/code/pack/app.py": HANDLER,
        "a/code/pack/library.py": "def add(a, b): ...",
        "a/code/pack/log.py": "handler = logging.StreamHandler()",
        "a/code/tests/app.py": HANDLER,
        "a/code/requirements.txt": "",
      }),
    ).toEqual([
      {
        ...{ root: "a", file: "a/code/pack/app.py", exportName: "lambda_handler", layered: false },
        ...{
          handler: "pack.app.lambda_handler",
          declaredRuntime: "python3.12",
          architecture: "arm64",
          env: {},
        },
      },
    ]);
  });

  it("start from the folder of their requirements, where no text has a handler string", async () => {
    expect(
      await found({ "a/code/app.py": HANDLER, "a/requirements.txt": "", "a/README.md": "" }),
    ).toMatchObject([{ root: "a", handler: "code.app.lambda_handler", declaredRuntime: null }]);
  });
});
