/** The uv that is installed where the machine has none. */
export const UV_VERSION = "0.13.9";

/** A wheel of uv on PyPI, with the hexadecimal SHA-256 that PyPI tells. */
export interface UvRelease {
  readonly filename: string;
  readonly sha256: string;
}

const TAGS: Readonly<Record<string, readonly [tag: string, sha256: string]>> = {
  "linux-x64-glibc": [
    "manylinux_2_17_x86_64.manylinux2014_x86_64",
    "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
  ],
  "linux-x64-musl": [
    "musllinux_1_1_x86_64",
    "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
  ],
  // One static program for both C libraries.
  "linux-arm64": [
    "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
  ],
  "darwin-x64": ["macosx_10_12_x86_64", "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5"],
  "darwin-arm64": ["macosx_11_0_arm64", "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63"],
  "win32-x64": ["win_amd64", "6a44b2ed8111d2f60d2b92627c5dccda3f7ed7570b18ce115e569cd68c28246b"],
  "win32-arm64": ["win_arm64", "eeb92051c2123b9730c46b04cc843cfa4bc7d7b0aec56df431a2215ef4cb0273"],
};

/** The machine that Sluice runs on. */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** As `process.arch` has it. */
  readonly arch: string;
  /** C library of a Linux. */
  readonly libc: "glibc" | "musl";
}

export function thisHost(): Host {
  const report = process.report.getReport() as {
    readonly header?: { readonly glibcVersionRuntime?: string };
  };
  const libc = report.header?.glibcVersionRuntime === undefined ? "musl" : "glibc";
  return { platform: process.platform, arch: process.arch, libc };
}

/** uv's wheel for a machine, `null` where none is pinned. */
export function uvRelease(host: Host): UvRelease | null {
  const machine = `${host.platform}-${host.arch}`;
  const [tag, sha256] = TAGS[machine] ?? TAGS[`${machine}-${host.libc}`] ?? [];
  if (tag === undefined || sha256 === undefined) return null;
  return { filename: `uv-${UV_VERSION}-py3-none-${tag}.whl`, sha256 };
}
