import { type SluiceError, sluiceError } from "@sluice/core";
import type { LeaseHolder } from "./types.ts";

/** Code of a record whose place another has. */
export const RECORD_EXISTS = "SLUICE_RECORD_EXISTS";

/** Problems of records and leases, one function per code. */
export const deploymentErrors = {
  record: (uri: string, reason: string, cause?: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_RECORD_INVALID",
        kind: "usage",
        message: `What the store has of this deployment cannot be used: ${reason}.`,
        where: uri,
        hint: "Records are written by Sluice and not edited by hand. If a newer version of Sluice wrote it, use that one; else find out who changed it, and delete it.",
      },
      cause,
    ),
  recordExists: (uri: string): SluiceError =>
    sluiceError({
      code: RECORD_EXISTS,
      kind: "target",
      message: "Another record has the place of this one, and records are never overwritten.",
      where: uri,
      hint: "Run again: the record gets a place of its own.",
    }),
  leaseHeld: (environment: string, { holder, since, until }: LeaseHolder): SluiceError =>
    sluiceError({
      code: "SLUICE_LEASE_HELD",
      kind: "refusal",
      message: `Another run is at the environment ${JSON.stringify(environment)}: ${holder}, since ${since}. It holds it until ${until}, and longer while it goes on.`,
      where: `environments.${environment}`,
      hint: "Wait with --wait, or run again when it has ended. Of a run that was killed, the hold ends by itself at that time.",
    }),
  leaseLost: (environment: string, to: string | null): SluiceError =>
    sluiceError({
      code: "SLUICE_LEASE_LOST",
      kind: "interrupted",
      message:
        to === null
          ? `The hold on the environment ${JSON.stringify(environment)} could not be renewed in time, so another run may have it now. What was begun was finished, and nothing new was started.`
          : `The environment ${JSON.stringify(environment)} is held by another run now: ${to}. What was begun was finished, and nothing new was started.`,
      where: `environments.${environment}`,
      hint: "This machine was asleep, or could not reach the store. Run the same command again: it goes on where this one stopped.",
    }),
};
