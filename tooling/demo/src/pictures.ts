import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { sizeOfWebp } from "@sluice/test-kit";
import { REGION, type Stage } from "./places.ts";

/** Milliseconds: a picture is there within a second, unless the machine is busy. */
const TIMEOUT = 30_000;
const SIZES = [128, 512, 1024];

/** A thumbnail that came back. */
export interface Thumbnail {
  /** In the bucket. */
  readonly key: string;
  /** Absolute path of the copy on this machine. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

async function read(s3: S3Client, bucket: string, key: string): Promise<Uint8Array> {
  const deadline = Date.now() + TIMEOUT;
  for (;;) {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if ((error as Error).name !== "NoSuchKey" || Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}

/** Uploads a picture as `uploads/NAME`, waits for its thumbnails, and keeps them all in `folder`. */
export async function sendPicture(
  endpoint: string,
  stage: Stage,
  { bucket, name, picture, folder }: { bucket: string; name: string; picture: Buffer; folder: string },
): Promise<readonly Thumbnail[]> {
  const credentials = { accessKeyId: stage.account, secretAccessKey: "demo" };
  const s3 = new S3Client({ endpoint, region: REGION, credentials, forcePathStyle: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), picture);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `uploads/${name}`, Body: picture }));
  const thumbnails = await Promise.all(
    SIZES.map(async (size) => {
      const key = `thumbnails/${name}/${size}.webp`;
      const file = join(folder, `${size}.webp`);
      const bytes = await read(s3, bucket, key);
      await writeFile(file, bytes);
      return { key, file, ...sizeOfWebp(bytes), bytes: bytes.length };
    }),
  );
  s3.destroy();
  return thumbnails;
}
