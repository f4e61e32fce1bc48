import { type Moto, startMoto } from "@sluice/test-kit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bucketStore } from "../testing/backends.ts";
import { environmentLease } from "./lease.ts";

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
}, 240_000);
afterAll(async () => {
  await moto?.stop();
});

it("a lease is one's alone on another S3, too", async () => {
  // It wants a signature, and does not look at it.
  const authorization =
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
  const backend = await bucketStore(moto.endpoint, { authorization });
  const lease = environmentLease(backend, "dev");
  const atOnce = { waitMs: 0, onWait: () => {} };
  const held = await lease.acquire("ada", atOnce);
  await expect(lease.acquire("bob", atOnce)).rejects.toMatchObject({ code: "SLUICE_LEASE_HELD" });
  await held.release();
  // One after another: it answers on many threads, and looks and writes apart. Races are run on the embedded AWS.
  const next = await lease.acquire("eve", atOnce);
  await expect(lease.acquire("dan", atOnce)).rejects.toMatchObject({ code: "SLUICE_LEASE_HELD" });
  await next.release();
});
