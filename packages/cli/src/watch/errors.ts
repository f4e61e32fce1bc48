import { type SluiceError, sluiceError } from "@sluice/core";

/** Errors of `--watch`, one function per code. */
export const watchErrors = {
  unwatchable: (folder: string, cause: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_WATCH_FAILED",
        kind: "usage",
        message: `The folder cannot be watched: ${cause instanceof Error ? cause.message : String(cause)}.`,
        where: folder,
        hint: "Where the system's limit is reached, raise it (Linux: fs.inotify.max_user_watches), or name fewer functions.",
      },
      cause,
    ),
};
