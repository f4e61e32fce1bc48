import { chmodSync } from "node:fs";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { listed } from "../testing/sources.ts";

const HANDLER = "def lambda_handler(event, context): return 1\n";
const ENTRY = { entry: "src/shop/app.py", handler: "shop.app.lambda_handler" };
const ROOT_ENTRY = { entry: "app.py", handler: "app.lambda_handler" };

describe("listData", () => {
  it("packs files with the nearest folder above them that holds modules, when it is reached", async () => {
    await using fixture = await createFixture({
      "src/shop/app.py": HANDLER,
      "src/shop/__init__.py": "",
      "src/shop/rates.json": "{}",
      "src/shop/mail/de/hello.html": "",
      "src/shop/mail/py.typed": "",
      "src/shop/native/libx.so": "x",
      "src/shop/other/x.py": "",
      "src/shop/other/x.json": "",
      "src/other.json": "",
      "src/users/users.json": "",
      "README.md": "",
    });
    chmodSync(fixture.getPath("src/shop/native/libx.so"), 0o755);
    const { own, paths } = listed(fixture.path, ENTRY);
    expect(paths).toEqual([
      "shop/__init__.py",
      "shop/app.py",
      "shop/mail/de/hello.html",
      "shop/mail/py.typed",
      "shop/native/libx.so",
      "shop/rates.json",
    ]);
    expect(own.files.find(({ to }) => to.endsWith(".so"))?.executable).toBe(true);
    expect(own.files.find(({ to }) => to.endsWith(".json"))?.executable).toBe(false);
  });

  it("leaves out what tools, tests and secrets are, and tells the secrets", async () => {
    const left = [
      "requirements.txt requirements-dev.txt pyproject.toml uv.lock Pipfile.lock Dockerfile setup.py a.pyi",
      "__pycache__/a.cpython-313.pyc node_modules/x/y.json .venv/x.txt env/pyvenv.cfg env/x.txt tests/data.json",
      "test_a.py conftest.py a.egg-info/PKG-INFO .mypy_cache/x.json .gitignore .env.prod certs/key.pem .aws/credentials",
      "fast.cpython-311-darwin.so",
    ];
    const files = left.flatMap((line) => line.split(" ").map((path) => [`src/shop/${path}`, ""]));
    await using fixture = await createFixture({
      ...Object.fromEntries(files),
      "src/shop/app.py": HANDLER,
      "src/shop/certs/ca.txt": "",
    });
    const { own, paths } = listed(fixture.path, ENTRY);
    expect(paths).toEqual(["shop/app.py", "shop/certs/ca.txt"]);
    expect(own.leftOut).toEqual(["src/shop/.aws/", "src/shop/.env.prod", "src/shop/certs/key.pem"]);
  });

  it.each([
    ['Path(__file__).parent / "templates" / "a.html"', ["templates/a.html", "templates/b/c.html"]],
    ['open(os.path.join(os.path.dirname(__file__), "x.json"))', ["x.json"]],
    ['HERE = Path(__file__).parent\nX = HERE / "x.json"', ["x.json"]],
    ['FileSystemLoader("templates")', ["templates/a.html", "templates/b/c.html"]],
    ['open("templates/a.html")', ["templates/a.html"]],
    ['print("templates", "README.md")', []],
    ['open("..") or open("../x.json") or open("/etc/passwd") or open(".")', []],
    ['open(".env")', []],
  ])("packs of the root's own files only what a source names: %s", async (statement, expected) => {
    await using fixture = await createFixture({
      "app.py": `${statement}\n${HANDLER}`,
      "templates/a.html": "",
      "templates/b/c.html": "",
      "x.json": "",
      "README.md": "",
      ".env": "",
      "terraform/main.tf": "",
    });
    expect(listed(fixture.path, ROOT_ENTRY).paths).toEqual(["app.py", ...expected]);
  });

  it("packs what is named above a module, up to its source root", async () => {
    await using fixture = await createFixture({
      "src/shop/app.py": `X = Path(__file__).parent.parent / "config" / "x.json"\n${HANDLER}`,
      "src/config/x.json": "",
    });
    expect(listed(fixture.path, ENTRY).paths).toEqual(["config/x.json", "shop/app.py"]);
  });

  it.each([
    'importlib.resources.files("assets.html") / "a.html"',
    'pkgutil.get_data("assets.html", "a.html")',
    "from assets import html",
  ])("packs folders without modules that files are read of: %s", async (statement) => {
    await using fixture = await createFixture({
      "src/shop/app.py": `${statement}\n${HANDLER}`,
      "src/assets/html/a.html": "",
      "src/assets/other/b.html": "",
    });
    expect(listed(fixture.path, ENTRY).paths).toEqual(["assets/html/a.html", "shop/app.py"]);
  });

  it("counts folders in which a new file would be packed", async () => {
    await using fixture = await createFixture({
      "src/shop/app.py": HANDLER,
      "src/shop/mail/a.html": "",
      "src/shop/other/x.py": "",
    });
    const { folders } = listed(fixture.path, ENTRY).own.decided;
    expect(folders).toEqual(
      ["src/shop", "src/shop/mail", "src/shop/other"].map((path) => fixture.getPath(path)),
    );
  });
});
