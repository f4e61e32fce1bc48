import { createServer } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type CheckCase,
  type Checked,
  checkTexts,
  ownPython,
  packageFiles,
  type Texts,
} from "../testing/check.ts";
import type { Python } from "./find-python.ts";

let python: Python;
beforeAll(async () => {
  python = await ownPython();
});

const HANDLER = "\ndef handler(event, context):\n    return 1\n";

function check(texts: Texts, options: CheckCase = {}): Promise<Checked> {
  return checkTexts(python, texts, options);
}

const PROVED: Checked = { notices: [], proved: true };

describe("a handler that loads", () => {
  it.each([
    ["of a module", "app.handler", { "app.py": HANDLER }],
    ["in folders without __init__", "a/b/app.handler", { "a/b/app.py": HANDLER }],
    [
      "in a package, by dots",
      "a.app.handler",
      { "a/__init__.py": "", "a/app.py": `from . import x${HANDLER}`, "a/x.py": "" },
    ],
    [
      "that is an object",
      "app.handler",
      { "app.py": "class App:\n    def __call__(self, e, c): pass\nhandler = App()\n" },
    ],
    [
      "with a file that hides one of Python",
      "app.handler",
      { "app.py": `import colorsys\nassert colorsys.mine${HANDLER}`, "colorsys.py": "mine = True" },
    ],
    [
      "with its own reading of what is not there",
      "app.handler",
      { "app.py": `try:\n    import zzz\nexcept ImportError:\n    zzz = None${HANDLER}` },
    ],
    [
      "with threads and noise on every stream",
      "app.handler",
      {
        "app.py": `import os, sys, threading, time
threading.Thread(target=lambda: time.sleep(1000)).start()
for _ in range(2000):
    print("x" * 1000)
    print("y" * 1000, file=sys.stderr)
try:
    os.write(3, b'{"type":"verdict","verdict":{"kind":"value","found":"dict"}}\\n')
except OSError:
    pass
sys.stdout = sys.stderr = None
${HANDLER}`,
      },
    ],
    [
      "with a file beside it, and UTF-8",
      "app.handler",
      { "app.py": `assert open("ü.txt").read() == "größer"${HANDLER}`, "ü.txt": "größer" },
    ],
    [
      "that finds what Lambda gives it",
      "app.handler",
      {
        "app.py": `import os, sys
e = os.environ
assert os.getcwd() == e["LAMBDA_TASK_ROOT"] == os.path.dirname(__file__) == sys.path[0]
assert e["_HANDLER"] == "app.handler" and e["AWS_LAMBDA_FUNCTION_NAME"] == "orders" and e["TZ"] == ":UTC"
assert e["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.%d" % sys.version_info[1]
assert os.listdir(e["HOME"]) == [] and "AWS_ACCESS_KEY_ID" not in e and "SLUICE_PYTHON_3_%d" % sys.version_info[1] not in e
assert not any("site-packages" in path or "dist-packages" in path for path in sys.path)
${HANDLER}`,
      },
    ],
  ])("%s", async (_, handler, texts) => {
    expect(await check(texts, { handler })).toEqual(PROVED);
  });

  it("from dependencies and layers, the last layer winning, beside own files of the same package", async () => {
    const texts = {
      "app.py": `import space.own, space.theirs, layered, deep\nassert layered.name == "two" and deep.x${HANDLER}`,
      "space/own.py": "",
    };
    const found = await check(texts, {
      dependencies: {
        id: "d",
        files: packageFiles({
          "space/theirs.py": "import os, sys\nassert os.path.realpath(__file__).startswith(sys.path[0])",
          "app.py": "raise 1",
        }),
      },
      layers: [
        { id: "one", files: packageFiles({ "python/layered/__init__.py": "name = 'one'", "lib/x": "" }) },
        {
          id: "two",
          files: packageFiles({
            "python/layered/__init__.py": "name = 'two'",
            [`python/lib/python3.${python.minor}/site-packages/deep.py`]: "x = 1",
          }),
        },
      ],
    });
    expect(found).toEqual(PROVED);
  });
});

describe("what the runtime or a layer has", () => {
  it("is empty when it is not packed", async () => {
    const source = `import boto3, botocore, os
from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError
from botocore.config import Config
from dateutil import parser
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
tracer, app = Tracer(), APIGatewayRestResolver()
table = boto3.resource("dynamodb", config=Config(retries={"max_attempts": 3})).Table("orders")
condition = Key("id").eq(1) & Key("n").gt(2)
version = tuple(int(part) for part in boto3.__version__.split("."))
assert version > (1, 20)
class OwnError(ClientError, ValueError): pass
class OwnLogger(Logger):
    def __init__(self, name): super().__init__(name); self.name = name
assert OwnLogger("x").name == "x"
try:
    raise OwnError("x")
except (ClientError, boto3.client("s3").exceptions.NoSuchKey):
    pass
@app.get("/orders")
@tracer.capture_method
def get(): return 1
@tracer.capture_lambda_handler
def handler(event, context): return get()
assert handler(1, 2) == 1
`;
    expect(await check({ "app.py": source }, { provided: ["aws-lambda-powertools"] })).toEqual(PROVED);
  });

  it("is taken from the package where it is there", async () => {
    const texts = { "app.py": `import boto3\nassert boto3.mine${HANDLER}`, "boto3.py": "mine = 1" };
    expect(await check(texts)).toEqual(PROVED);
  });

  it("is told where an empty one is not enough", async () => {
    const { notices } = await check({ "app.py": `import boto3\na, b = boto3.client("s3").x()${HANDLER}` });
    expect(notices).toEqual([
      expect.stringMatching(/^orders: .*proves nothing: .*with empty stubs for boto3: ValueError/),
    ]);
  });
});

describe("what a layer of someone else's has", () => {
  it("may be a part of a namespace, or have another name", async () => {
    const source = `import google.mine, google.cloud.storage.blob as blob, yaml\nblob.Blob("x")${HANDLER}`;
    const texts = { "app.py": source, "google/mine.py": "" };
    expect(await check(texts, { provided: ["google-cloud-storage", "PyYAML"] })).toEqual(PROVED);
    await expect(check({ "app.py": `import google.other${HANDLER}`, "google/mine.py": "" })).rejects.toThrow(
      "google.other",
    );
  });

  it("has its own metadata", async () => {
    const source = `import importlib.metadata as m\nm.version("boto3")${HANDLER}`;
    expect((await check({ "app.py": source })).notices).toEqual([expect.stringContaining("proves nothing")]);
  });
});

describe("environment variables", () => {
  const TABLE =
    'import os\nTABLE = os.environ["TABLE"]\nURL = os.getenv("ORDERS_URL")\nassert URL.startswith("https://")';

  it("are made up where the module fails without them, and that is told", async () => {
    const { notices, proved } = await check({ "app.py": TABLE + HANDLER });
    expect(proved).toBe(true);
    expect(notices).toEqual([
      expect.stringContaining(
        "had to make up environment variables. Without them, its module throws while it is loaded: KeyError: 'TABLE'",
      ),
    ]);
    expect(notices[0]).toMatch(/importCheck: \{ env: \{ TABLE: "…", ORDERS_URL: "…" \} \}/);
  });

  it("may name a module that is chosen as it loads", async () => {
    const source = `import importlib, os\nimportlib.import_module(os.environ["PLUGIN"])${HANDLER}`;
    const { notices, proved } = await check({ "app.py": source });
    expect([proved, notices]).toEqual([false, [expect.stringContaining("KeyError: 'PLUGIN'")]]);
  });

  it("come from the configuration", async () => {
    const env = { TABLE: "orders", ORDERS_URL: "https://x" };
    expect(await check({ "app.py": TABLE + HANDLER }, { env })).toEqual(PROVED);
  });

  it("keep their defaults, can be asked for, set and removed", async () => {
    const source = `import os
assert os.environ.get("A", "x") == "x" and os.getenv("B", "y") == "y" and "C" not in os.environ
assert os.environ.setdefault("D", "z") == "z" and os.environ.pop("D") == "z" and os.environ.pop("E", 1) == 1
os.environ["F"] = "1"
del os.environ["HOME"]
assert os.environ["F"] + os.environ.get("HOME", "") == "1"
if not os.environ["TABLE"]: raise ValueError()
assert os.environ.get("A", "x") == "x" and "C" not in os.environ and os.environ.pop("E", 1) == 1`;
    const { notices, proved } = await check({ "app.py": source + HANDLER });
    expect([proved, notices.length, notices[0]]).toEqual([
      true,
      1,
      expect.stringContaining('env: { TABLE: "…" }'),
    ]);
  });

  it("that no made-up value suits are told", async () => {
    const source = 'import os\nassert os.environ["MODE"] in ("a", "b"), "bad mode"';
    const { notices } = await check({ "app.py": source + HANDLER });
    expect(notices).toEqual([
      expect.stringMatching(/proves nothing: its module throws while it is loaded: KeyError: 'MODE'/),
    ]);
  });

  it("decide on a file that is named after one", async () => {
    const source = "import os\nopen(f\"conf/{os.environ.get('STAGE')}.json\")";
    const { notices } = await check({ "app.py": source + HANDLER });
    expect(notices).toEqual([expect.stringContaining("proves nothing")]);
  });
});

describe("what a module does while it is loaded", () => {
  it("reaches nothing on the network, and that is told", async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    const source = `import urllib.request\nurllib.request.urlopen("http://127.0.0.1:${port}/")`;
    const { notices } = await check({ "app.py": source + HANDLER });
    server.close();
    expect(connections).toBe(0);
    expect(notices).toEqual([
      `orders: the import check proves nothing: its module uses what is off in the check while it is loaded: connect to 127.0.0.1:${port}.`,
    ]);
  });

  it.each([
    ["a look-up", 'import socket\nsocket.getaddrinfo("db.example.com", 5432)', "look up db.example.com"],
    ["a program", 'import subprocess\nsubprocess.run(["git", "status"])', "start git"],
    [
      "a program that a package does not do without",
      'import subprocess\ntry:\n    subprocess.run(["git"])\nexcept OSError:\n    raise ImportError("no git")',
      "start git",
    ],
    ["a shell", 'import os\nassert os.system("true") == 0', "start true"],
  ])("is told for %s", async (_, source, what) => {
    const { notices } = await check({ "app.py": source + HANDLER });
    expect(notices).toEqual([expect.stringContaining(`off in the check while it is loaded: ${what}`)]);
  });

  it("passes where it does without what is off, and where it makes an event loop", async () => {
    const source = `import asyncio, platform, socket
try:
    socket.create_connection(("127.0.0.1", 9))
except OSError:
    pass
asyncio.new_event_loop().close()
platform.platform()`;
    expect(await check({ "app.py": source + HANDLER })).toEqual(PROVED);
  });

  it("may write to temporary files, and do without others", async () => {
    const source = `import os, tempfile
with tempfile.TemporaryDirectory() as folder:
    open(os.path.join(folder, "x"), "w").write("x")
try:
    os.mkdir("cache")
except OSError as error:
    assert error.errno == 30`;
    expect(await check({ "app.py": source + HANDLER })).toEqual(PROVED);
  });

  it("is told where it throws by itself", async () => {
    const { notices, proved } = await check({ "app.py": `raise RuntimeError("no licence")${HANDLER}` });
    expect(proved).toBe(false);
    expect(notices).toEqual([
      "orders: the import check proves nothing: its module throws while it is loaded: RuntimeError: no licence.",
    ]);
  });
});
