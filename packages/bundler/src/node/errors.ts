import { type SluiceError, usageError } from "@sluice/core";

export function decoratorMetadata(file: string): SluiceError {
  return usageError(
    "SLUICE_DECORATOR_METADATA",
    `The tsconfig of ${file} has emitDecoratorMetadata, which esbuild cannot emit.`,
    "Install the transformer for it (npm install --save-dev oxc-transform), or take emitDecoratorMetadata out of the tsconfig if nothing reads the metadata.",
    file,
  );
}

export function referenceConflict(
  name: string,
  place: string,
  first: { readonly from: string; readonly where: string },
  other: { readonly from: string; readonly where: string },
): SluiceError {
  return usageError(
    "SLUICE_REFERENCE_CONFLICT",
    `Two files of function ${name} would stand at ${place} in its package: ${first.from} (${first.where}) and ${other.from}.`,
    "In a bundle both sources look beside the one file that they became: give one of the two another name.",
    other.where,
  );
}

export function mapUnwritable(name: string, path: string): SluiceError {
  return usageError(
    "SLUICE_MAP_UNWRITABLE",
    `The source map of function ${name} cannot be written beside its artifact.`,
    "Check the folder's permissions and the disk's free space.",
    path,
  );
}
