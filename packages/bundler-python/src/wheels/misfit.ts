import type { PythonTarget } from "../target.ts";
import { glibcOf, machineOf, supportedTags } from "./tags.ts";
import { parseWheelName } from "./wheel-name.ts";

/** Where a tag's wheel runs. */
interface Place {
  readonly system: "glibc" | "musl" | "macOS" | "Windows" | "another system" | "any";
  /** As `aarch64`. */
  readonly machine: string;
  /** Minor version of the glibc 2 that it needs. */
  readonly glibc: number;
}

interface Tag {
  readonly python: string;
  readonly abi: string;
  readonly place: Place;
}

const MACHINE = /_(x86_64|aarch64|i686|ppc64le|s390x|armv7l|riscv64|loongarch64)$/;

function placeOf(platform: string): Place {
  const machine = MACHINE.exec(platform)?.[1] ?? "";
  const glibc = glibcOf(platform);
  if (glibc !== null) return { system: "glibc", machine, glibc };
  if (platform === "any") return { system: "any", machine: "", glibc: 0 };
  if (platform.startsWith("linux_")) return { system: "glibc", machine, glibc: 0 };
  if (platform.startsWith("musllinux_")) return { system: "musl", machine, glibc: 0 };
  if (platform.startsWith("macosx_")) return { system: "macOS", machine, glibc: 0 };
  return { system: platform.startsWith("win") ? "Windows" : "another system", machine, glibc: 0 };
}

function tagsOf(filename: string): Tag[] {
  return (parseWheelName(filename)?.tags ?? []).map((tag) => {
    const [python = "", abi = "", platform = ""] = tag.split("-");
    return { python, abi, place: placeOf(platform) };
  });
}

/** `3.9`, `3.13t` for free-threaded builds, `2`: of the interpreter that a tag is for. */
function pythonOf({ python, abi }: Tag): string {
  const [, name = "", major = "", minor = ""] = /^([a-z]+)(\d)(\d*)/.exec(python) ?? [];
  const version = minor === "" ? major : `${major}.${minor}`;
  if (name === "pp") return `PyPy ${version}`;
  return /\dt$/.test(abi) ? `${version}t` : version;
}

const byNumber = (one: string, other: string): number => one.localeCompare(other, "en", { numeric: true });

function listed(items: readonly string[]): string {
  return [...new Set(items)].sort(byNumber).join(", ");
}

/**
 * Why none of a package's wheels fits a target: the nearest miss, as half a sentence, as `its wheels for python3.11 on aarch64 need glibc 2.28,
 * and the runtime has 2.26`.
 *
 * @param filenames - what the package has; what is not a wheel is passed over
 */
export function explainMisfit(filenames: readonly string[], target: PythonTarget): string {
  const tags = filenames.flatMap(tagsOf);
  if (tags.length === 0) return "it has no wheel";
  const machine = machineOf(target);
  const loadable = new Set(supportedTags(target).map((tag) => tag.split("-", 2).join("-")));
  const fitting = tags.filter(({ python, abi }) => loadable.has(`${python}-${abi}`));
  const here = (tag: Tag): boolean =>
    tag.place.system === "any" || (tag.place.system === "glibc" && tag.place.machine === machine);

  const tooNew = fitting.filter((tag) => here(tag) && tag.place.glibc > target.glibc[1]);
  if (tooNew.length > 0) {
    const needed = Math.min(...tooNew.map(({ place }) => place.glibc));
    return `its wheels for ${target.runtime} on ${machine} need glibc 2.${needed}, and the runtime has ${target.glibc.join(".")}`;
  }
  const otherPythons = tags.filter(here).map(pythonOf);
  if (otherPythons.length > 0)
    return `its wheels are for Python ${listed(otherPythons)}, and none is for 3.${target.minor}`;
  const onLinux = tags.filter(({ place }) => place.system === "glibc");
  if (onLinux.length > 0)
    return `its wheels for Linux are for ${listed(onLinux.map(({ place }) => place.machine))}, and none is for ${machine}`;
  if (tags.some(({ place }) => place.system === "musl"))
    return "its wheels for Linux are for musl alone, and the runtime has glibc";
  return `its wheels are for ${listed(tags.map(({ place }) => place.system))} alone`;
}
