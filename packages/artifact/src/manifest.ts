import type { Architecture, Digest, FileEntry, Manifest, PackedPackage } from "@sluice/core";
import { digestOf, digestToCodeSha256, isDigest } from "./digest.ts";
import { byPath, pathProblem } from "./entry-path.ts";
import { artifactErrors } from "./errors.ts";
import {
  type Fields,
  field,
  isBooleanOrNull,
  isCommitOrNull,
  isCount,
  isList,
  isMode,
  isRecord,
  isSha256,
  isText,
  isTextOrNull,
  isTextRecord,
  isTexts,
} from "./manifest-fields.ts";
import type { Zip } from "./zip.ts";

/** Everything of a {@link Manifest} that is not computed from the zip. */
export type ArtifactDraft = Omit<
  Manifest,
  "schema" | "digest" | "codeSha256" | "sizeBytes" | "unzippedBytes" | "files"
>;

/** Characters. The longest real one, of 65,534 files with long names, stays below. */
const MAXIMUM_LENGTH = 64_000_000;
const ARCHITECTURES: readonly unknown[] = ["x86_64", "arm64"];

const isArchitecture = (value: unknown): value is Architecture => ARCHITECTURES.includes(value);
const isArchitectures = (value: unknown): value is Architecture[] =>
  isList(value) && value.every(isArchitecture);
const isDigestField = (value: unknown): value is Digest => typeof value === "string" && isDigest(value);
const isSchema = (value: unknown): value is 1 => value === 1;
const isSafePath = (value: unknown): value is string =>
  typeof value === "string" && pathProblem(value) === null;

/** The manifest of `zip`, its keys in a fixed order. */
export function createManifest(zip: Zip, draft: ArtifactDraft): Manifest {
  const digest = digestOf(zip.bytes);
  return {
    schema: 1,
    function: draft.function,
    digest,
    codeSha256: digestToCodeSha256(digest),
    sizeBytes: zip.bytes.length,
    unzippedBytes: zip.unzippedBytes,
    runtime: draft.runtime,
    architecture: draft.architecture,
    handler: draft.handler,
    compatibleRuntimes: draft.compatibleRuntimes,
    compatibleArchitectures: draft.compatibleArchitectures,
    files: zip.files,
    ...(draft.packages === undefined ? {} : { packages: draft.packages }),
    sources: draft.sources,
    tools: Object.fromEntries(Object.entries(draft.tools).sort(([one], [other]) => (one < other ? -1 : 1))),
    packageVersion: draft.packageVersion,
    commit: draft.commit,
    dirty: draft.dirty,
  };
}

/** The text of `NAME.manifest.json`. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function readFile(value: unknown, index: number, where: string): FileEntry {
  if (!isRecord(value)) throw artifactErrors.manifest(where, `\`files[${index}]\` is not an object`);
  const fields: Fields = { value, where, prefix: `files[${index}].` };
  return {
    path: field(fields, "path", isSafePath, "a relative path"),
    size: field(fields, "size", isCount, "a number of bytes"),
    sha256: field(fields, "sha256", isSha256, "64 hexadecimal digits"),
    mode: field(fields, "mode", isMode, "a Unix mode"),
  };
}

const isPackages = (value: unknown): value is PackedPackage[] =>
  isList(value) && value.every((each) => isRecord(each) && isText(each.name) && isText(each.version));

/** Manifests from before have none. */
function readPackages(fields: Fields): Pick<Manifest, "packages"> {
  if (!Object.hasOwn(fields.value, "packages")) return {};
  const packages = field(fields, "packages", isPackages, "a list of packages with name and version");
  return { packages: packages.map(({ name, version }) => ({ name, version })) };
}

function readFields(fields: Fields): Manifest {
  const { where } = fields;
  return {
    schema: field(fields, "schema", isSchema, "1: this version of Sluice cannot read it"),
    function: field(fields, "function", isText, "a name"),
    digest: field(fields, "digest", isDigestField, "a digest"),
    codeSha256: field(fields, "codeSha256", isText, "a codeSha256"),
    sizeBytes: field(fields, "sizeBytes", isCount, "a number of bytes"),
    unzippedBytes: field(fields, "unzippedBytes", isCount, "a number of bytes"),
    runtime: field(fields, "runtime", isText, "a runtime identifier"),
    architecture: field(fields, "architecture", isArchitecture, "`x86_64` or `arm64`"),
    handler: field(fields, "handler", isText, "a handler string"),
    compatibleRuntimes: field(fields, "compatibleRuntimes", isTexts, "a list of runtime identifiers"),
    compatibleArchitectures: field(
      fields,
      "compatibleArchitectures",
      isArchitectures,
      "a list of architectures",
    ),
    files: field(fields, "files", isList, "a list").map((each, index) => readFile(each, index, where)),
    ...readPackages(fields),
    sources: field(fields, "sources", isDigestField, "a digest"),
    tools: field(fields, "tools", isTextRecord, "an object: tool → version"),
    packageVersion: field(fields, "packageVersion", isTextOrNull, "a version or null"),
    commit: field(fields, "commit", isCommitOrNull, "a commit or null"),
    dirty: field(fields, "dirty", isBooleanOrNull, "true, false or null"),
  };
}

/** What the fields say of each other. */
const AGREEMENTS: readonly [(manifest: Manifest) => boolean, string][] = [
  [(each) => each.codeSha256 === digestToCodeSha256(each.digest), "`codeSha256` is not that of `digest`"],
  [
    (each) => each.unzippedBytes === each.files.reduce((sum, file) => sum + file.size, 0),
    "`unzippedBytes` is not the sum of `files`",
  ],
  [
    (each) => each.files.every((file, at) => at === 0 || byPath(each.files[at - 1] ?? file, file) < 0),
    "`files` are not in order, each once",
  ],
  [
    (each) => each.compatibleRuntimes.includes(each.runtime),
    "`runtime` is not among the `compatibleRuntimes`",
  ],
  [
    (each) => each.compatibleArchitectures.includes(each.architecture),
    "`architecture` is not among the `compatibleArchitectures`",
  ],
];

/**
 * Reads a manifest. Every key must be there, of its type, and agree with the others; keys that this version does not know
 * are left out.
 *
 * @param where - what the manifest is called in errors: a path or an address
 * @throws `SLUICE_MANIFEST_INVALID`
 */
export function parseManifest(text: string, where: string): Manifest {
  if (text.length > MAXIMUM_LENGTH) throw artifactErrors.manifest(where, "it is too long");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw artifactErrors.manifest(where, "it is not JSON", error);
  }
  if (!isRecord(value)) throw artifactErrors.manifest(where, "it is not an object");
  const manifest = readFields({ value, where, prefix: "" });
  for (const [agrees, otherwise] of AGREEMENTS)
    if (!agrees(manifest)) throw artifactErrors.manifest(where, otherwise);
  return manifest;
}
