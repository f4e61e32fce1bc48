import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGitRepository, type GitRepository } from "@sluice/test-kit";

/** A function repository in a temporary folder, with real git. */
export interface FunctionRepository extends GitRepository {
  /** An empty folder that stands for the job's HOME. */
  readonly home: string;
}

/** Makes a repository on `branch` with these files in its first commit. */
export async function createRepository(
  files: Readonly<Record<string, string>>,
  branch = "develop",
): Promise<FunctionRepository> {
  const repository = await createGitRepository();
  const all = { ".gitignore": "node_modules\n.sluice/\n", ...files };
  for (const [file, text] of Object.entries(all)) await repository.write(file, text);
  await repository.git("checkout", "--quiet", "-B", branch);
  await repository.commit("first");
  const home = await mkdtemp(join(tmpdir(), "sluice-home-"));
  const dispose = async (): Promise<void> => {
    await repository.dispose();
    await rm(home, { recursive: true, force: true });
  };
  return { ...repository, home, dispose };
}
