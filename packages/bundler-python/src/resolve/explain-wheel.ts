import type { SluiceError } from "@sluice/core";
import type { IndexFile } from "../index/index-file.ts";
import { parseSpecifiers, satisfies } from "../markers/specifiers.ts";
import { compareVersions, parseVersion } from "../markers/version.ts";
import { fitsPython } from "../pylock/package.ts";
import type { PythonTarget } from "../target.ts";
import { chooseWheel } from "../wheels/choose.ts";
import { machineOf } from "../wheels/tags.ts";
import { parseWheelName } from "../wheels/wheel-name.ts";
import { resolveErrors } from "./errors.ts";

/** What is missing. */
export interface Missing {
  readonly name: string;
  /** As `==1.20.0` or `<307`; empty: any version. */
  readonly specifier: string;
  /** Who needs it, in the resolver's words; empty where that is not known. */
  readonly needed: string;
}

/** As `cp313, manylinux_2_34_aarch64 or older, or any`. */
function wantedTags(target: PythonTarget): string {
  const { minor, glibc } = target;
  return `cp3${minor} or abi3 for manylinux_${glibc.join("_")}_${machineOf(target)} or older, or py3-none-any`;
}

/** Newest first; what is no version last. */
function versionsOf(files: readonly IndexFile[]): string[] {
  const versions = [...new Set(files.flatMap(({ version }) => version ?? []))];
  const parsed = versions.map((text) => ({ text, version: parseVersion(text) }));
  parsed.sort((one, other) => {
    if (one.version === null || other.version === null) return one.version === null ? 1 : -1;
    return compareVersions(other.version, one.version);
  });
  return parsed.map(({ text }) => text);
}

function isFinal(version: string): boolean {
  const parsed = parseVersion(version);
  return parsed !== null && parsed.pre === null && parsed.dev === null;
}

/** Newest first: versions that were neither withdrawn nor meant for trying; all where there is no other. */
export function releasesOf(files: readonly IndexFile[]): string[] {
  const final = versionsOf(files.filter(({ yanked }) => yanked === false)).filter(isFinal);
  return final.length > 0 ? final : versionsOf(files);
}

/** The newest version that has a wheel for the target and was not withdrawn; a pre-release only where there is no other. */
export function newestFitting(files: readonly IndexFile[], target: PythonTarget): string | null {
  const usable = files.filter(
    ({ yanked, requiresPython }) =>
      yanked === false && (requiresPython === null || fitsPython(requiresPython, target)),
  );
  const fitting = versionsOf(usable).filter(
    (version) =>
      chooseWheel(
        usable.filter((file) => file.version === version),
        target,
      ) !== null,
  );
  return fitting.find(isFinal) ?? fitting[0] ?? null;
}

const SHOWN = 6;

function listed(values: Iterable<string>): string {
  const all = [...new Set(values)].sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
  const more = all.length - SHOWN;
  return more > 1 ? `${all.slice(0, SHOWN).join(", ")} and ${more} more` : all.join(", ");
}

/** As `there are wheels for cp37, cp38 on win_amd64, macosx_10_9_x86_64`. */
function existingTags(filenames: readonly string[]): string {
  const parts = filenames.flatMap((name) => parseWheelName(name)?.tags ?? []).map((tag) => tag.split("-"));
  if (parts.length === 0) return "there is no wheel at all";
  const pythons = parts.map(([python = "", abi = ""]) => (abi === "abi3" ? `${python}-abi3` : python));
  return `there are wheels for ${listed(pythons)} on ${listed(parts.map(([, , platform = ""]) => platform))}`;
}

/** The one system that all wheels are for, when it is not the function's. */
function onlySystem(filenames: readonly string[]): "Windows" | "macOS" | null {
  const platforms = filenames
    .flatMap((name) => parseWheelName(name)?.tags ?? [])
    .map((tag) => tag.split("-")[2] ?? "");
  if (platforms.length === 0) return null;
  if (platforms.every((platform) => platform.startsWith("win"))) return "Windows";
  return platforms.every((platform) => platform.startsWith("macosx")) ? "macOS" : null;
}

/** Who needs it, unless that is the file itself. */
function shownNeed({ name, needed }: Missing): string {
  return !needed.includes(";") && needed.includes(`you require ${name}`) ? "" : needed;
}

/** The package that asks for it, where that can be told. */
function askedBy({ name, needed }: Missing): string {
  const asks = new RegExp(
    `([\\w.-]+)(?:[<>=!~]\\S+)? depends? on ${name.replaceAll(".", "\\.")}(?![\\w.-]*\\w)`,
  );
  const [, other] = asks.exec(needed) ?? [];
  return other === undefined ? "" : `${other} asks for it`;
}

/**
 * The error for a package without a wheel that fits: what is wanted, what there is, and which version has one.
 *
 * @param files - all that the index has of the package; empty where it could not be asked
 */
export function noWheelError(
  missing: Missing,
  files: readonly IndexFile[],
  target: PythonTarget,
  where: string,
): SluiceError {
  const { name, specifier } = missing;
  const specifiers = parseSpecifiers(specifier) ?? [];
  const meant = files.filter(({ version }) => version === null || satisfies(version, specifiers));
  const wheels = meant.filter(({ kind }) => kind === "wheel").map(({ filename }) => filename);
  const isOne = specifier.startsWith("==");
  const what = specifier === "" ? name : `${name} ${specifier.replace(/^==/, "")}`;
  const other = newestFitting(files, target);
  if (wheels.length === 0 && meant.some(({ kind }) => kind === "source"))
    return resolveErrors.onlySource(where, what, `${name}${specifier}`, other);
  const system = onlySystem(wheels);
  if (system !== null && other === null)
    return resolveErrors.onlySystem(where, isOne ? what : name, system, askedBy(missing));
  const existing = files.length === 0 ? "the index does not tell what there is" : existingTags(wheels);
  return resolveErrors.noWheel(where, what, wantedTags(target), existing, other, shownNeed(missing));
}
