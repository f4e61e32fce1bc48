import { LICENSES_FILE, licenseDocument, type ZipEntry } from "@sluice/artifact";
import { licenseTexts } from "../slim/license-texts.ts";
import type { OpenedWheel } from "./opened.ts";

/** The file with the licence texts of all wheels, where the function asks for it. */
export function licenseEntries(wheels: readonly OpenedWheel[], wanted: boolean): ZipEntry[] {
  if (!wanted || wheels.length === 0) return [];
  const packages = wheels.map((wheel) => ({
    name: wheel.metadata.name,
    version: wheel.metadata.version,
    license: wheel.metadata.license,
    texts: licenseTexts(wheel).map(({ text }) => text),
  }));
  return [{ path: LICENSES_FILE, bytes: licenseDocument(packages) }];
}
