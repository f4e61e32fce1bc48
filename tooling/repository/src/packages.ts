import { join } from "node:path";
import { x } from "tinyexec";
import { ROOT, type WorkspacePackage, workspacePackages } from "./monorepo.ts";
import { type Ran, runProcess } from "./run-process.ts";

export function publishedPackages(): readonly WorkspacePackage[] {
  return workspacePackages(["packages"]).filter((each) => !each.private);
}

/** Packs published packages as `pnpm publish` would: all of them, or those that are named. */
export async function packPackages(folder: string, names?: readonly string[]): Promise<void> {
  const pnpm = join(ROOT, "node_modules", ".bin", "pnpm");
  for (const { folder: source, name } of publishedPackages()) {
    if (names?.includes(name) === false) continue;
    const nodeOptions = { cwd: join(ROOT, source) };
    await x(pnpm, ["pack", "--pack-destination", folder], { nodeOptions, throwOnError: true });
  }
}

/** This machine's way to its registry, for npm, and for yarn, which reads no other variables of these. */
export function wayToRegistry(): Record<string, string> {
  const way = /^(?:npm_config_registry|npm_config_cache|NODE_EXTRA_CA_CERTS|HTTPS?_PROXY|NO_PROXY)$/;
  const passed = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value = ""]) => (way.test(name) ? [[name, value]] : [])),
  );
  const registry = passed["npm_config_registry"];
  return registry === undefined ? passed : { ...passed, YARN_NPM_REGISTRY_SERVER: registry };
}

/** npm with this environment and the way to the registry. */
export function runNpm(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  return runProcess("npm", args, { cwd, env: { ...wayToRegistry(), ...env } });
}
