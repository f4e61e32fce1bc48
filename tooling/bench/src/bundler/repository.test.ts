import { expect, it } from "vitest";
import { configuration } from "./repository.ts";

it("names the first functions, and checks their zips unless told otherwise", () => {
  const checked = configuration({ count: 12, importCheck: true });
  expect(checked.match(/": "src\//g)).toHaveLength(12);
  expect(checked).toContain('"order-1": "src/order-1.ts"');
  expect(checked).not.toContain("importCheck");
  expect(configuration({ count: 12, importCheck: false })).toContain('"importCheck":false');
  const asOthers = configuration({ count: 1, importCheck: false, asOthers: true });
  expect(asOthers).toContain('"esbuild":{"sourcesContent":true');
  expect(checked).not.toContain("sourcesContent");
});
