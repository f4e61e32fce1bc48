import { joinErrors, type SluiceError } from "@sluice/core";
import type { PylockFlaw } from "../pylock/package.ts";
import { resolveErrors } from "./errors.ts";
import { filesFor } from "./explain-uv.ts";
import { noWheelError } from "./explain-wheel.ts";
import type { Job } from "./job.ts";

async function errorOf(job: Job, flaw: PylockFlaw): Promise<SluiceError> {
  const { label } = job.dependencies;
  const { target } = job.run;
  const { name, version, kind, why, files } = flaw;
  const what = version === null ? name : `${name} ${version}`;
  const requires = /Python (.+)$/.exec(why)?.[1] ?? "";
  switch (kind) {
    case "vcs":
      return resolveErrors.fromGit(label, what, "");
    case "hash":
      return resolveErrors.hashNotAllowed(label, what, /^(\S+\.whl)/.exec(why)?.[1] ?? files[0] ?? "none");
    case "requires-python":
      return resolveErrors.pythonExcluded(label, what, requires, target.runtime);
    case "ambiguous":
      return resolveErrors.conflict(label, `${what}: ${why}`);
    default:
      break;
  }
  const listed = await filesFor(job, name);
  if (files.length > 0 && listed.length === 0 && kind === "source-only")
    return resolveErrors.sourceArchive(label, what);
  const specifier = version === null ? "" : `==${version}`;
  return noWheelError({ name, specifier, needed: "" }, listed, target, label);
}

/** All flaws of a resolution at once. @throws the errors that they come to, if there are any */
export async function refuseFlaws(job: Job, flaws: readonly PylockFlaw[]): Promise<void> {
  const joined = joinErrors(await Promise.all(flaws.map((flaw) => errorOf(job, flaw))));
  if (joined !== undefined) throw joined;
}
