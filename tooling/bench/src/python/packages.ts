/** A package of one exact version. */
export interface Pin {
  readonly name: string;
  readonly version: string;
}

/** What the functions import: compiled packages as teams have them. */
export const DIRECT: readonly Pin[] = [
  { name: "cryptography", version: "50.0.2" },
  { name: "numpy", version: "2.5.5" },
  { name: "pandas", version: "3.1.1" },
  { name: "pydantic", version: "2.14.3" },
];

/** Everything that they need on Linux. Pinned: a benchmark over other packages is another benchmark. */
export const PINS: readonly Pin[] = [
  ...DIRECT,
  { name: "annotated-types", version: "0.8.0" },
  { name: "cffi", version: "2.1.1" },
  { name: "pycparser", version: "3.12" },
  { name: "pydantic-core", version: "2.50.4" },
  { name: "python-dateutil", version: "4.0.0" },
  { name: "typing-extensions", version: "4.16.0" },
  { name: "typing-inspection", version: "0.4.5" },
  { name: "tzdata", version: "2026.6" },
];

/** The requirement that is added in the course of the benchmark; it needs nothing else. */
export const ADDED: Pin = { name: "jmespath", version: "1.1.0" };

/** Python of the functions. */
export const MINOR = 13;

/** A machine in the words of those who have to do with it. */
export interface Machine {
  /** Of Lambda. */
  readonly architecture: "arm64" | "x86_64";
  /** Of wheels. */
  readonly machine: "aarch64" | "x86_64";
}

export const ARM: Machine = { architecture: "arm64", machine: "aarch64" };
export const X86: Machine = { architecture: "x86_64", machine: "x86_64" };
export const MACHINES: readonly Machine[] = [ARM, X86];

/** The runtime's glibc, as minor version of 2: python3.13 runs on Amazon Linux 2023. */
const GLIBC = 34;
/** The oldest one that pip has a name for, but for its years. */
const OLDEST_GLIBC = 17;

/** uv's name for the machine. */
export function uvPlatform({ machine }: Machine): string {
  return `${machine}-manylinux_2_${GLIBC}`;
}

/** pip's names for the machine: it takes none to stand for the older ones. */
export function pipPlatforms({ machine }: Machine): readonly string[] {
  const minors = Array.from({ length: GLIBC - OLDEST_GLIBC + 1 }, (_, index) => GLIBC - index);
  return [...minors.map((minor) => `manylinux_2_${minor}_${machine}`), `manylinux2014_${machine}`];
}

/** `name==version`, a line each: what every tool reads. */
export function pinned(pins: readonly Pin[]): string {
  return pins.map(({ name, version }) => `${name}==${version}\n`).join("");
}
