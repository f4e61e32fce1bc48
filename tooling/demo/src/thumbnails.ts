import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { drawPicture, provision } from "@sluice/test-kit";
import type { Narrator } from "./narrator.ts";
import { sendPicture } from "./pictures.ts";
import { app, REGION, ROOT, STAGES, type Stage, template } from "./places.ts";
import { createTeam } from "./remote.ts";
import { sluice } from "./sluice.ts";

/** What this chapter needs of the ones before it. */
export interface Scene {
  readonly endpoint: string;
  /** The Python of the embedded AWS, as `python3.11`. */
  readonly python: string;
  readonly scratch: string;
  readonly jobEnvironment: Readonly<Record<string, string>>;
}

/** Where the reader finds the pictures afterwards: in the sample's cache, which git ignores. */
const PICTURES = join(app("thumbnails"), ".sluice", "demo");

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

async function provisionThumbnails({ endpoint, python }: Scene, stage: Stage): Promise<string> {
  const outputs = await provision({
    endpoint,
    account: stage.account,
    region: REGION,
    environment: stage.name,
    stackName: `thumbnails-${stage.name}`,
    template: template("thumbnails"),
    parameters: { Runtime: python, Architecture: process.arch === "arm64" ? "arm64" : "x86_64" },
  });
  return outputs["BucketName"] ?? "";
}

/** Builds, in a CI job's folder, what goes to AWS itself; gives what its manifest says. */
async function buildForAws(folder: string): Promise<readonly string[]> {
  const { SLUICE_LOCAL_PYTHON: _, ...env } = process.env;
  await sluice(folder, ["build"], env);
  const text = await readFile(join(folder, ".sluice", "artifacts", "thumbnails.manifest.json"), "utf8");
  const { runtime, architecture, files } = JSON.parse(text) as {
    readonly runtime: string;
    readonly architecture: string;
    readonly files: readonly { readonly path: string }[];
  };
  const compiled = files.filter(({ path }) => /\.so(?:\.|-|$)/.test(path));
  const pillow = compiled.find(({ path }) => path.startsWith("PIL/_imaging."));
  return [`${runtime} on ${architecture}, ${compiled.length} compiled files, such as`, `${pillow?.path}`];
}

/** Deploys the Python sample to dev, uploads a picture, and shows what came of it. */
export async function showThumbnails(narrator: Narrator, scene: Scene): Promise<void> {
  const { chapter, say, command, output, table } = narrator;
  const { scratch, jobEnvironment, endpoint } = scene;
  const [stage] = STAGES;
  if (stage === undefined) return;
  chapter("A Python function with compiled wheels, without Docker");
  say(`An upload starts it. It runs under ${scene.python} here, and in AWS under`);
  say("python3.13 on arm64: each build takes the wheels that fit.");
  const bucket = await provisionThumbnails(scene, stage);
  const team = await createTeam({ name: "thumbnails", source: app("thumbnails"), scratch, jobEnvironment });
  await team.git("checkout", "--quiet", "develop");
  await team.git("commit", "--quiet", "--allow-empty", "-m", "feat: first pictures");
  command("git push origin develop     # in thumbnails");
  output(await team.push("develop"));

  const [width, height] = [1600, 1200];
  const picture = drawPicture(width, height);
  command(`aws s3 cp dusk.png s3://${bucket}/uploads/`);
  const made = await sendPicture(endpoint, stage, { bucket, name: "dusk.png", picture, folder: PICTURES });
  table(
    ["in the bucket", "pixels", "format", "size"],
    [
      ["uploads/dusk.png", `${width} x ${height}`, "PNG", kilobytes(picture.length)],
      ...made.map((each) => [each.key, `${each.width} x ${each.height}`, "WebP", kilobytes(each.bytes)]),
    ],
  );
  say(`Look at them: ${relative(ROOT, PICTURES)}/`);

  command("sluice build     # for AWS itself; the manifest says:");
  output((await buildForAws(join(scratch, "ci", "thumbnails"))).join("\n"));
}
