import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, one, unpacked } from "../testing/repository.ts";

/** A package that is never bundled, and makes the first build fail, which finds that out. */
const OUTSIDE = {
  "node_modules/pdfkit/package.json": '{"name":"pdfkit","version":"1.0.0"}',
  "node_modules/pdfkit/index.js": 'require("./font.afm");',
  "node_modules/pdfkit/font.afm": "1",
};

describe("what the runtime has, beside a package that cannot be bundled", () => {
  it("is left to the runtime, and the package is copied", async () => {
    await using fixture = await createFixture({
      "src/api.ts": `import { S3Client } from "@aws-sdk/client-s3";
import "pdfkit";
export const handler = () => new S3Client({});`,
      ...OUTSIDE,
    });
    const run = await bundleAll(fixture.path, [functionOf("api")]);
    const files = unpacked(one(run));
    expect(files["index.mjs"]).toContain('from"@aws-sdk/client-s3"');
    expect(Object.keys(files)).toContain("node_modules/pdfkit/index.js");
  }, 60_000);
});
