import { afterEach, beforeEach, expect, it } from "vitest";
import { type PackageIndex, startPackageIndex } from "./package-index.ts";
import { sha256Of, type WheelFile } from "./wheels.ts";

const bytes = Buffer.from("not really a wheel");
const wheel: WheelFile = {
  filename: "typing_extensions-4.0-py3-none-any.whl",
  bytes,
  sha256: sha256Of(bytes),
  metadata: Buffer.from("Metadata-Version: 2.4\n"),
};

let index: PackageIndex;
beforeEach(async () => {
  index = await startPackageIndex([wheel]);
});
afterEach(() => index.stop());

it("has a project's page, its wheels and their metadata, and nothing else", async () => {
  const page = (await (await fetch(`${index.url}typing-extensions/`)).json()) as {
    files: { url: string; hashes: object; "core-metadata": object }[];
  };
  expect(page.files).toMatchObject([
    { hashes: { sha256: wheel.sha256 }, "core-metadata": { sha256: sha256Of(wheel.metadata) } },
  ]);
  const url = new URL(page.files[0]?.url ?? "", index.url).href;
  expect(url).toBe(index.fileUrl(wheel.filename));
  expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(bytes);
  expect(await (await fetch(`${url}.metadata`)).text()).toBe("Metadata-Version: 2.4\n");
  expect((await fetch(`${index.url}numpy/`)).status).toBe(404);
});

it("lets answers be kept as PyPI does, and proves them by their tags", async () => {
  const first = await fetch(index.fileUrl(wheel.filename));
  expect(first.headers.get("cache-control")).toContain("immutable");
  const etag = first.headers.get("etag") ?? "";
  await first.arrayBuffer();
  const again = await fetch(index.fileUrl(wheel.filename), { headers: { "if-none-match": etag } });
  expect(again.status).toBe(304);
});
