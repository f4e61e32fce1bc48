export { artifactFileNames, readArtifact, writeArtifact } from "./artifact-files.ts";
export { artifactName, artifactNames } from "./build/artifact-names.ts";
export {
  createInventory,
  INVENTORY_FILE,
  type Inventory,
  type InventoryPackage,
  packedPackages,
  readInventory,
} from "./build/inventory.ts";
export type { BuiltLayer } from "./build/layers/build-layer.ts";
export { builtLayers, unpackedLayer, withLayers } from "./build/layers/function-layers.ts";
export type { LayerContents, LayerKind } from "./build/layers/layer-kind.ts";
export { LICENSES_FILE, type LicensedTexts, licenseDocument } from "./build/licenses.ts";
export { type Contents, readListing, writePackage } from "./build/package.ts";
export {
  type BuildSession,
  type BuildWork,
  createBuildSession,
  createBuildWork,
  type LockfileParts,
  perSession,
} from "./build/session.ts";
export { type Beside, findCached } from "./cache/cache.ts";
export { removeQuietly, writeCacheFile } from "./cache/cache-file.ts";
export {
  compareFiles,
  createFileStates,
  type FileStates,
  type Fingerprint,
  namesIn,
} from "./cache/fingerprint.ts";
export { findKeptManifest } from "./cache/kept-manifest.ts";
export type { CacheKey } from "./cache/key.ts";
export type { Link } from "./cache/links.ts";
export { hasObject, objectIdOf, putObject, takeObject } from "./cache/objects.ts";
export { pruneCache } from "./cache/prune.ts";
export { type CacheRecord, readRecord } from "./cache/record.ts";
export { refreshed } from "./cache/refresh.ts";
export { EVERY_NAME, type Resolution, type Siblings, stemOf, takers } from "./cache/siblings.ts";
export { besidePath } from "./cache/stored-artifact.ts";
export type { ReadFiles } from "./cache/taken.ts";
export { type WatchedFolders, watchedFolders } from "./cache/watched.ts";
export type { DeflateLevel } from "./deflate.ts";
export { openDeployments } from "./deployments/deployments.ts";
export { RECORD_EXISTS } from "./deployments/errors.ts";
export type * from "./deployments/types.ts";
export * from "./digest.ts";
export { pathProblem } from "./entry-path.ts";
export { artifactErrors } from "./errors.ts";
export { listAssets } from "./files/assets.ts";
export { fileNameInvalid, fileUnreadable, linkLeaves, symlinkOutside } from "./files/errors.ts";
export { findFiles } from "./files/find-files.ts";
export {
  type ListedFile,
  type Listing,
  type ListingScope,
  listedFile,
  listFolder,
  readListed,
  repositoryOf,
  statOf,
} from "./files/listed-file.ts";
export { holdsNotice, isNeverPacked } from "./files/never-packed.ts";
export { inflateAhead } from "./inflate-ahead.ts";
export { architecturesOf, type PackedFile, readyRuntimes } from "./machine/compatibility.ts";
export { dynamicNeeds } from "./machine/dynamic.ts";
export { type Machine, machineOf } from "./machine/elf.ts";
export { machineMisfit } from "./machine/errors.ts";
export { isMuslFlaw, isMuslItself, libcMisfit } from "./machine/glibc.ts";
export { type ArtifactDraft, createManifest, formatManifest, parseManifest } from "./manifest.ts";
export { probeStore } from "./probe-store.ts";
export { endChild, keepTail, trackChild } from "./processes/children.ts";
export { withSlot } from "./processes/slots.ts";
export { isStarved } from "./processes/starved.ts";
export {
  adoptZip,
  measureZip,
  readZip,
  readZipStreams,
  type SizedFile,
  type StreamedFile,
  type UnpackedFile,
} from "./read-zip.ts";
export { type ArtifactStore, openStore, type StoreOptions } from "./store.ts";
export { type FoundArtifact, locationOf, type StoredArtifact } from "./store-protocol.ts";
export { createZip, refuseOversized, type Zip, type ZipEntry, type ZipOptions } from "./zip.ts";
export { MAXIMUM_UNZIPPED_BYTES } from "./zip-format.ts";
export { listRemoteZip, listZip, type ReadRange, type ZipListing } from "./zip-listing.ts";
