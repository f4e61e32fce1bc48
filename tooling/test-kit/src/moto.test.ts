import { expect, it } from "vitest";
import { startMoto } from "./moto.ts";

it("answers as Lambda, and is gone when it is stopped", async () => {
  const moto = await startMoto();
  const authorization =
    "AWS4-HMAC-SHA256 Credential=111111111111/20261121/eu-west-1/lambda/aws4_request, SignedHeaders=host, Signature=00";
  try {
    const answer = await fetch(`${moto.endpoint}/2015-03-31/functions/absent`, {
      headers: { authorization },
    });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("function:absent");
  } finally {
    await moto.stop();
  }
  await expect(fetch(moto.endpoint)).rejects.toThrow();
}, 180_000);
