import type { Architecture } from "@sluice/core";

/** What a function runs on, in the words of package.json's `os`, `cpu` and `libc`. */
export interface Target {
  readonly architecture: Architecture;
  readonly cpu: "x64" | "arm64";
}

export function targetOf(architecture: Architecture): Target {
  return { architecture, cpu: architecture === "arm64" ? "arm64" : "x64" };
}

/** The fields by which npm, pnpm, yarn and bun choose what to install. */
export interface PlatformFields {
  readonly os: readonly string[] | null;
  readonly cpu: readonly string[] | null;
  readonly libc: readonly string[] | null;
}

/** Whether a list such as `["linux"]` or `["!win32"]` allows a value. */
function allows(list: readonly string[] | null, value: string): boolean {
  if (list === null || list.length === 0) return true;
  if (list.includes(`!${value}`)) return false;
  const wanted = list.filter((item) => !item.startsWith("!"));
  return wanted.length === 0 || wanted.includes(value) || wanted.includes("any");
}

const SYSTEMS: Readonly<Record<string, string>> = {
  ...{ linux: "linux", linuxmusl: "linux", darwin: "darwin", macos: "darwin", win32: "win32" },
  ...{ windows: "win32", android: "android", freebsd: "freebsd", openbsd: "openbsd", netbsd: "netbsd" },
  ...{ sunos: "sunos", aix: "aix", openharmony: "openharmony" },
};

const PROCESSORS: Readonly<Record<string, string>> = {
  ...{ x64: "x64", "64": "x64", amd64: "x64", x86_64: "x64", arm64: "arm64", aarch64: "arm64" },
  ...{ arm: "arm", armhf: "arm", armv7: "arm", armv6: "arm", ia32: "ia32", "32": "ia32", x86: "ia32" },
  ...{ ppc64: "ppc64", ppc64le: "ppc64", s390x: "s390x", riscv64: "riscv64", loong64: "loong64" },
  ...{ mips64el: "mips64el", universal: "any", wasm32: "wasm32" },
};

/**
 * The platform that a package's or folder's name promises, as `@img/sharp-linuxmusl-arm64`, `@esbuild/linux-x64`,
 * `@node-rs/argon2-linux-x64-gnu` or `darwin-x64+arm64`; `null` for a name that promises none.
 */
export function platformOfName(name: string): PlatformFields | null {
  // Some write the C library between: `linux-musl-x64`.
  const parts = name.replace(/linux-musl(?=-)/, "linuxmusl").split(/[-/.]/);
  const at = parts.findIndex((part) => Object.hasOwn(SYSTEMS, part));
  const system = parts[at] ?? "";
  const cpus = (parts[at + 1] ?? "")
    .split("+")
    .map((part) => (Object.hasOwn(PROCESSORS, part) ? PROCESSORS[part] : undefined));
  if (at < 0 || cpus.length === 0 || cpus.includes(undefined)) return null;
  const rest = parts.slice(at + 2);
  const isMusl = system === "linuxmusl" || rest.some((part) => part.startsWith("musl"));
  return {
    os: [SYSTEMS[system] ?? system],
    cpu: cpus.map((cpu) => cpu ?? ""),
    libc: isMusl ? ["musl"] : null,
  };
}

/** Whether something for these platforms runs on Lambda, whose Amazon Linux has glibc. */
export function fits(fields: PlatformFields, target: Target): boolean {
  return allows(fields.os, "linux") && allows(fields.cpu, target.cpu) && allows(fields.libc, "glibc");
}

/** The same for a package: by its fields where it has any, and by its name, which alone tells of musl in older ones. */
export function packageFits(name: string, fields: PlatformFields | null, target: Target): boolean {
  if (fields !== null && !fits(fields, target)) return false;
  const named = platformOfName(name);
  return named === null || fits(named, target);
}

/** Whether a name promises a build for Linux: the mark of packages that come in one part for each platform. */
export function isLinuxPart(name: string): boolean {
  return platformOfName(name)?.os?.includes("linux") === true;
}
