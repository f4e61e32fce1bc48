import { type FakeFunction, fakeFunction, publishNow, sha } from "./fake-lambda.ts";

/** A function with `count` versions of 1 MB each, of the codes `code 1`, `code 2`, …, and the alias `live` on one of them. */
export function withVersions(name: string, count: number, live: number = count): FakeFunction {
  const target = fakeFunction(name, "code 0", { CodeSize: 1_000_000 });
  for (let n = 1; n <= count; n += 1) {
    target.latest = { ...target.latest, CodeSha256: sha(`code ${n}`) };
    publishNow(target);
  }
  target.aliases.set("live", { version: String(live), revision: "r" });
  return target;
}
