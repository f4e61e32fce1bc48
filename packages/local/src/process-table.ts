import { readdir, readFile } from "node:fs/promises";
import { x } from "tinyexec";

/** Fields of /proc/PID/stat after the command's name, which may itself hold spaces and parentheses (proc(5)). */
async function statOf(pid: number): Promise<readonly string[] | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // A zombie has ended; its parent has not asked yet.
  return text === "" || fields[0] === "Z" ? null : fields;
}

async function ps(args: readonly string[]): Promise<string> {
  // `ps` fails when it finds nothing.
  const result = await x("ps", [...args], { nodePath: false, nodeOptions: { env: { LC_ALL: "C" } } });
  return result.stdout;
}

/**
 * When process `pid` began, in the system's own form, or `null` when there is none. Together with the id it names a process
 * for good: ids are used again.
 */
export async function startOf(pid: number): Promise<string | null> {
  if (process.platform === "linux") return (await statOf(pid))?.[19] ?? null;
  return (await ps(["-o", "lstart=", "-p", String(pid)])).trim() || null;
}

/**
 * Whether this command line, with blanks between its words, is the emulator's or a worker's of the instance in `folder`.
 * That of a pager or an editor which shows one of its files is not.
 */
function isCommandOf(folder: string, commandLine: string): boolean {
  const [, rest] = commandLine.split(`${folder}/`, 2);
  if (rest === undefined) return false;
  return rest.startsWith("launch.py ") || /^ministack-lambda-[^/]+\/_worker\.(js|py)\s*$/.test(rest);
}

/** Whether a process was given the folder to live in. Workers inherit it from the emulator, and their children from them. */
function isEnvironmentOf(folder: string, environment: string): boolean {
  const variables = environment.split("\0");
  return variables.includes(`TMPDIR=${folder}`) || variables.includes(`HOME=${folder}`);
}

async function processesOnLinux(folder: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const own = await Promise.all(
    pids.map(async (pid) => {
      if (pid === process.pid) return false;
      const [commandLine, environment] = await Promise.all([
        readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""),
        // Unreadable for processes of others, which are none of ours.
        readFile(`/proc/${pid}/environ`, "utf8").catch(() => ""),
      ]);
      const ours =
        isEnvironmentOf(folder, environment) || isCommandOf(folder, commandLine.replaceAll("\0", " "));
      return ours && (await statOf(pid)) !== null;
    }),
  );
  return pids.filter((_, index) => own[index]);
}

/**
 * Ids of the processes of the instance that lives in `folder`: the emulator, the workers that run functions, and what these
 * have started, even in a process group of their own (off Linux: without the last).
 */
export async function processesOf(folder: string): Promise<number[]> {
  if (process.platform === "linux") return processesOnLinux(folder);
  const lines = (await ps(["-axww", "-o", "pid=,pgid=,command="])).split("\n");
  const processes = lines.flatMap((line) => {
    const [, pid, group, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), group, command }];
  });
  // The emulator was started as the leader of a group, so that nobody else's process is in it.
  const groups = new Set(
    processes.flatMap((each) => (isCommandOf(folder, each.command) ? [each.group] : [])),
  );
  return processes.flatMap(({ pid, group }) => (groups.has(group) ? [pid] : []));
}
