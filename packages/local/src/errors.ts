import { type SluiceError, sluiceError } from "@sluice/core";
import { MINISTACK } from "./versions.ts";

const INSTEAD = "or use an emulator that runs already with --endpoint-url URL";

/** Problems of the embedded AWS, one function per code. */
export const localErrors = {
  platform: (platform: string): SluiceError =>
    sluiceError({
      code: "SLUICE_LOCAL_PLATFORM",
      kind: "usage",
      message: `The embedded AWS does not run on ${platform}.`,
      hint: `Run Sluice in the Windows Subsystem for Linux, ${INSTEAD}.`,
    }),
  noPython: (found: readonly string[]): SluiceError =>
    sluiceError({
      code: "SLUICE_LOCAL_NO_PYTHON",
      kind: "usage",
      message: `The embedded AWS needs Python 3.10 or newer, and there is none on PATH${found.length > 0 ? ` (found ${found.join(", ")})` : ""}.`,
      hint: `Install python3 (Debian: apt install python3 python3-venv) or uv (https://docs.astral.sh/uv), ${INSTEAD}.`,
    }),
  noVenv: (python: string, output: string): SluiceError =>
    sluiceError({
      code: "SLUICE_LOCAL_NO_VENV",
      kind: "usage",
      message: `${python} can neither make a virtual environment nor run pip:\n${output}`,
      where: python,
      hint: `Install python3-venv (Debian: apt install python3-venv) or uv (https://docs.astral.sh/uv), ${INSTEAD}.`,
    }),
  installFailed: (tool: string, output: string): SluiceError =>
    sluiceError({
      code: "SLUICE_LOCAL_INSTALL_FAILED",
      kind: "usage",
      message: `MiniStack ${MINISTACK} could not be installed with ${tool}:\n${output}`,
      hint: `Check that the Python package index can be reached (pip's own configuration and PIP_INDEX_URL are respected) and that the disk is not full, and run the command again; ${INSTEAD}.`,
    }),
  folder: (path: string, reason: string): SluiceError =>
    sluiceError({
      code: "SLUICE_LOCAL_FOLDER",
      kind: "usage",
      message: `A folder that the embedded AWS needs cannot be written: ${reason}`,
      where: path,
      hint: "Make it writable or free some space. SLUICE_LOCAL_CACHE names another cache folder, TMPDIR another temporary folder.",
    }),
  locked: (lock: string, pid: number, seconds: number): SluiceError =>
    sluiceError({
      code: "SLUICE_LOCAL_LOCKED",
      kind: "usage",
      message: `Process ${pid} has been at work on the same folder for over ${seconds} s.`,
      where: lock,
      hint: `Let it finish or end it, then run the command again. If process ${pid} has nothing to do with Sluice, remove ${lock}.`,
    }),
  setting: (name: string, nearest: string | null, known: readonly string[]): SluiceError =>
    sluiceError({
      code: "SLUICE_LOCAL_SETTING",
      kind: "usage",
      message: `\`${name}\` is not a variable that the embedded AWS can be given.`,
      where: `settings.${name}`,
      hint: nearest === null ? `Known here: ${known.join(", ")}.` : `Did you mean \`${nearest}\`?`,
    }),
  portTaken: (port: number): SluiceError =>
    sluiceError({
      code: "SLUICE_LOCAL_PORT_TAKEN",
      kind: "usage",
      message: `Port ${port} of 127.0.0.1 is taken by another program.`,
      where: `127.0.0.1:${port}`,
      hint: "Name another port, or none: then a free one is chosen.",
    }),
  notStarted: (log: string, reason: string, lines: string, home: string): SluiceError =>
    sluiceError({
      code: "SLUICE_LOCAL_NOT_STARTED",
      kind: "usage",
      message: `MiniStack ${MINISTACK} ${reason}. Its last lines:\n${lines || "(none)"}`,
      where: log,
      hint: `Run the command again. If it fails the same way, remove ${home} so that it is installed anew, ${INSTEAD}.`,
    }),
  notStopped: (pids: readonly number[]): SluiceError =>
    sluiceError({
      code: "SLUICE_LOCAL_NOT_STOPPED",
      kind: "usage",
      message: `Processes of the embedded AWS do not end: ${pids.join(", ")}.`,
      hint: "See what they wait for (an unreachable disk, a debugger), and run `sluice local stop` again.",
    }),
};
