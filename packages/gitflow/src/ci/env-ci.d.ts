// env-ci 11 has no types; these are the parts of its answer that are read.
declare module "env-ci" {
  /** Which of these are there depends on the service. */
  export interface CiAnswer {
    readonly service?: string;
    readonly branch?: string;
    readonly tag?: string;
    readonly commit?: string;
    readonly isPr?: boolean;
    readonly pr?: string | number;
    readonly prBranch?: string;
  }
  export default function envCi(options: { env: Record<string, string | undefined>; cwd: string }): CiAnswer;
}
