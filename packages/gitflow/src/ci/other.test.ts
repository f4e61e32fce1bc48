import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { SIGNS } from "./other.ts";
import { readClaim } from "./read-claim.ts";

/** Read here, and `git` is env-ci's word for none. */
const OWN = [
  "github",
  "gitlab",
  "bitbucket",
  "bamboo",
  "jenkins",
  "codebuild",
  "azure-pipelines",
  "circleci",
];

const services = fileURLToPath(new URL("services/", import.meta.resolve("env-ci")));
const files = (await readdir(services)).filter(
  (file) => ![...OWN, "git"].includes(file.replace(/\.js$/, "")),
);

it.each(files)("knows env-ci's sign of %s", async (file) => {
  const source = await readFile(`${services}/${file}`, "utf8");
  const detect = /detect\(\{ env \}\) \{([^}]*)\}/.exec(source)?.[1] ?? "";
  const signs = [...detect.matchAll(/env\.(\w+)/g)].map(([, name]) => name);
  expect(signs).not.toEqual([]);
  if (file === "woodpecker.js") expect(signs).toEqual(["CI", "CI"]);
  else for (const sign of signs) expect(SIGNS).toContain(sign);
});

it("takes TeamCity's word for the default branch for no name", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-teamcity-"));
  try {
    const file = join(folder, "build.properties");
    for (const [branch, expected] of [
      ["<default>", null],
      ["refs/heads/develop", "develop"],
    ]) {
      await writeFile(file, `teamcity.build.branch=${branch}\n`);
      const claim = await readClaim({ TEAMCITY_VERSION: "2026.1", TEAMCITY_BUILD_PROPERTIES_FILE: file });
      expect(claim).toMatchObject({ service: "teamcity", branch: expected });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("says nothing where no CI is", async () => {
  expect(await readClaim({ HOME: "/root", CI: "true" })).toBeNull();
  expect(await readClaim({ GITHUB_ACTIONS: "", TRAVIS: "" })).toBeNull();
  expect(await readClaim({ CI_NAME: "somewhere", CF_PAGES: "0" })).toBeNull();
});
