import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { indexRun, type RunDraft } from "../testing/index-run.ts";
import { type IndexedFile, type IndexOptions, startIndex } from "../testing/index-server.ts";
import { createIndexClient } from "./client.ts";
import type { IndexFile } from "./index-file.ts";
import { readHtmlPage } from "./simple-page.ts";

const bytes = Buffer.from("x");
const PACKAGES: readonly IndexedFile[] = [
  {
    filename: "My_Tool-1.0-py3-none-any.whl",
    bytes,
    requiresPython: ">=3.9,<4",
    uploadTime: "2026-01-02T03:04:05Z",
  },
  { filename: "my-tool-1.0.tar.gz", bytes, sha256: null },
  { filename: "my_tool-2.0-cp313-cp313-win_amd64.whl", bytes, yanked: 'breaks "all" & more' },
  { filename: "my_tool_extra-1.0-py3-none-any.whl", bytes },
];

async function list(
  env: RunDraft["env"],
  name = "My.Tool",
  findLinks: string[] = [],
): Promise<readonly IndexFile[]> {
  await using place = await createFixture({
    "repo/wheels/my_tool-3.0-py3-none-any.whl": "x",
    "repo/wheels/other-3.0-py3-none-any.whl": "x",
    "repo/wheels/README.md": "x",
  });
  const client = createIndexClient(indexRun({ folder: place.path, env: env ?? {}, findLinks }).run);
  try {
    return await client.listFiles(name);
  } finally {
    client.close();
  }
}

describe.each(["json", "html"] as const)("an index that answers in %s", (format) => {
  it("is listed with all that it says", async () => {
    await using index = await startIndex({ packages: PACKAGES, format });
    const files = await list({ PIP_INDEX_URL: index.url });
    expect(files.map(({ version, kind, yanked }) => [version, kind, yanked])).toEqual([
      ["1.0", "wheel", false],
      ["1.0", "source", false],
      ["2.0", "wheel", 'breaks "all" & more'],
    ]);
    expect(files[0]).toMatchObject({
      requiresPython: ">=3.9,<4",
      url: index.fileUrl("My_Tool-1.0-py3-none-any.whl"),
    });
    expect(files.map(({ sha256 }) => sha256?.length ?? null)).toEqual([64, null, 64]);
    expect(files[0]?.uploadTime).toBe(format === "json" ? "2026-01-02T03:04:05Z" : null);
    expect(index.requests.map(({ path }) => path)).toEqual(["/simple/my-tool/"]);
  });
});

describe("several places", () => {
  it("are listed in order, and what has none is passed over", async () => {
    await using one = await startIndex({ packages: [] });
    await using two = await startIndex({ packages: PACKAGES });
    const env = { PIP_INDEX_URL: two.url, PIP_EXTRA_INDEX_URL: one.url };
    const files = await list(env, "my_tool", ["wheels"]);
    expect(files.map(({ filename }) => filename)).toEqual([
      "my_tool-3.0-py3-none-any.whl",
      ...PACKAGES.slice(0, 3).map(({ filename }) => filename),
    ]);
    expect(files[0]?.url).toMatch(/^file:.*wheels\/my_tool-3\.0/);
    expect(await list(env, "absent")).toEqual([]);
  });

  it("fail only when none of the others has the project", async () => {
    await using locked = await startIndex({
      packages: PACKAGES,
      credentials: { username: "a", password: "b" },
    });
    await using open = await startIndex({ packages: PACKAGES });
    const env = { PIP_INDEX_URL: open.url, PIP_EXTRA_INDEX_URL: locked.url };
    expect(await list(env)).toHaveLength(3);
    await expect(list(env, "absent")).rejects.toMatchObject({ code: "SLUICE_PYTHON_INDEX_DENIED" });
  });

  it("may be folders, named as indexes", async () => {
    const files = await list({ UV_NO_CONFIG: undefined, UV_DEFAULT_INDEX: "flat=wheels" });
    expect(files.map(({ filename }) => filename)).toEqual(["my_tool-3.0-py3-none-any.whl"]);
  });

  it("may be a page of links", async () => {
    const page: NonNullable<IndexOptions["intercept"]> = ({ url }, response) => {
      if (url !== "/links.html") return false;
      response.end(
        "<A class=x HREF='files/my_tool-4.0-py3-none-any.whl'>four</A><a href=/about.html>about</a>",
      );
      return true;
    };
    await using index = await startIndex({ packages: [], intercept: page });
    const files = await list({ PIP_NO_INDEX: "1", PIP_FIND_LINKS: `${index.origin}/links.html` });
    expect(files).toMatchObject([
      { version: "4.0", url: `${index.origin}/files/my_tool-4.0-py3-none-any.whl` },
    ]);
  });
});

describe("a page", () => {
  it("is read from its base on, with entities, odd quotes and names that need escapes", () => {
    const html = `<base href="https://files.example/a/"><a data-requires-python="&gt;=3.9"
      href="t-1.0%2Bcpu-py3-none-any.whl#sha256=${"A".repeat(64)}" data-yanked>t &#43;</a><a name="x">no</a>
      <a href="https://u:p@h.example/t-2.0.zip">t</a><a href="http://[">broken</a>`;
    expect(readHtmlPage(html, "t", "https://index.example/simple/t/")).toMatchObject([
      {
        filename: "t-1.0+cpu-py3-none-any.whl",
        version: "1.0+cpu",
        url: "https://files.example/a/t-1.0%2Bcpu-py3-none-any.whl",
        sha256: "a".repeat(64),
        requiresPython: ">=3.9",
        yanked: true,
      },
      { version: "2.0", kind: "source", url: "https://h.example/t-2.0.zip" },
    ]);
  });
});
