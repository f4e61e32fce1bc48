import type { PackagedCode } from "../code/package-code.ts";

/** The part of UpdateFunctionCode's input that says where the code is. */
export type FunctionCode = PackagedCode | { readonly ImageUri: string };

const ECR = /^\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\//;

/**
 * The URI of an image in one region: `{region}` stands for it, as where a registry is replicated, which keeps digests.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
 */
export function imageUri(image: string, region: string): string {
  return image.replaceAll("{region}", region);
}

/** Region of a registry of ECR; `null` for another registry, which an emulator may have. */
export function imageRegion(uri: string): string | null {
  return ECR.exec(uri)?.[1] ?? null;
}
