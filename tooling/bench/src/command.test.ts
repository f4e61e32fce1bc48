import { expect, it } from "vitest";
import { runCommand } from "./command.ts";

const cwd = process.cwd();

it("gives stdout, and only the environment that it was given", async () => {
  const script = "process.stdout.write(JSON.stringify(process.env))";
  expect(
    JSON.parse(await runCommand(process.execPath, ["-e", script], { cwd, env: { ONLY: "this" } })),
  ).toEqual({
    ONLY: "this",
  });
});

it("says what a failing command printed", async () => {
  const args = ["-e", "console.error('no such alias'); process.exit(3)"];
  await expect(runCommand(process.execPath, args, { cwd, env: {} })).rejects.toThrow(
    /ended with 3:\nno such alias/,
  );
});

it("fails for a command that is not there, and kills one that is aborted", async () => {
  await expect(runCommand("no-such-command", [], { cwd, env: {} })).rejects.toThrow("ENOENT");
  const signal = AbortSignal.timeout(100);
  const args = ["-e", "setInterval(() => {}, 1000)"];
  await expect(runCommand(process.execPath, args, { cwd, env: {}, signal })).rejects.toThrow("aborted");
});

it("ends what the command has started, too", async () => {
  const controller = new AbortController();
  // The shell's child holds stdout open: the command is over only when both have ended.
  const command = runCommand("sh", ["-c", "sleep 600 & wait"], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "" },
    signal: controller.signal,
    onStart: () => setTimeout(() => controller.abort(), 200),
  });
  await expect(command).rejects.toThrow("aborted");
});
