import type { Examined, PythonTools } from "@sluice/bundler-python";
import { examineTools } from "@sluice/bundler-python";
import type { ResolvedFunction, RunContext } from "@sluice/core";
import { type Finding, fromError, ok, problem, warning } from "./finding.ts";

/** What is wrong with a tool keeps nothing from working that was built before; what cannot be built is told with the functions. */
function asWarnings(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) =>
    finding.status === "problem" ? { ...finding, status: "warning" } : finding,
  );
}

function checkRuntime(runtime: string, python: Examined<string | null>): Finding[] {
  const check = runtime.replace("python", "Python ");
  if ("error" in python) return fromError(check, python.error);
  if (python.found !== null)
    return [ok(check, `${python.found}, which loads handlers before they are deployed`)];
  const variable = `SLUICE_PYTHON_${runtime.replace("python", "").replace(".", "_")}`;
  return [
    warning(
      check,
      "not on this machine: handlers are packed without being loaded",
      `Install it, as with \`uv python install ${runtime.replace("python", "")}\`, or let ${variable} name its executable.`,
    ),
  ];
}

function checkResolver(resolver: PythonTools["resolver"]): Finding[] {
  const check = "uv";
  if (resolver === null) return [];
  if ("error" in resolver) return fromError(check, resolver.error);
  const { found } = resolver;
  if (found === "install") return [ok(check, "not here; it is installed into Sluice's cache when needed")];
  if (found === "pip") return [ok(check, "pip resolves instead")];
  if (found !== "nothing") return [ok(check, found.uv)];
  return [
    problem(
      check,
      "no Python 3.9 or later is on the PATH, and uv and pip need one to resolve requirements",
      "Install a Python of any version, or commit a pylock.toml.",
    ),
  ];
}

function checkIndex(index: PythonTools["index"]): Finding[] {
  const check = "package index";
  if (index === null) return [];
  if ("error" in index) return asWarnings(fromError(check, index.error));
  return [
    ok(check, index.found.length === 0 ? "none; findLinks alone" : `${index.found.join(", ")} answers`),
  ];
}

/** What Python functions need of this machine; nothing where there are none. */
export async function checkPythonTools(
  functions: readonly ResolvedFunction[],
  context: RunContext,
): Promise<Finding[]> {
  const tools = await examineTools(functions, context);
  if (tools === null) return [];
  return [
    ...[...tools.runtimes].flatMap(([runtime, python]) => checkRuntime(runtime, python)),
    ...checkResolver(tools.resolver),
    ...checkIndex(tools.index),
  ];
}
