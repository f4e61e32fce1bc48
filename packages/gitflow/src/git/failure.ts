import type { SluiceError } from "@sluice/core";
import { gitflowErrors } from "../errors.ts";
import type { GitAnswer, Place } from "./run.ts";

/** What git says outside of every repository (setup.c); a broken `.git` file gives `not a git repository: PATH`. */
const NO_REPOSITORY = /not a git repository \(or any/;

export function isNoRepository(answer: GitAnswer): boolean {
  return answer.exitCode === 128 && NO_REPOSITORY.test(answer.stderr);
}

/** Makes an error of what git said on stderr; exit code 128 stands for all of these. */
export function gitFailure(command: string, answer: GitAnswer, place: Place): SluiceError {
  const { stderr } = answer;
  const owner = /detected dubious ownership in repository at '(.*)'/.exec(stderr);
  if (owner?.[1] !== undefined) return gitflowErrors.dubiousOwnership(owner[1]);
  if (/must be run in a work tree|cannot use bare repository/.test(stderr))
    return gitflowErrors.noWorkTree(place.cwd);
  const link = /not a git repository: (.*)/.exec(stderr);
  if (link?.[1] !== undefined) return gitflowErrors.brokenLink(place.cwd, link[1]);
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((each) => /^(?:fatal|error):/.test(each)) ?? lines[0] ?? "";
  return gitflowErrors.failed(command, place.cwd, line.replace(/^(?:fatal|error): /, ""));
}
