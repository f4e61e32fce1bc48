import { tmpdir } from "node:os";
import { localNode } from "@sluice/local";
import { testContext } from "./context.ts";

/** Majors that tests ask for, besides the one that runs them. */
export type NodeMajor = 22 | 24;

/** Path of a `node` executable of this major, from the cache of `@sluice/local`, where the embedded AWS finds it, too. */
export async function nodeBinary(major: NodeMajor): Promise<string> {
  const context = testContext({ cwd: tmpdir(), env: process.env });
  const node = await localNode(`${major}`, {}, context);
  if (node !== null) return node.path;
  const reason = context.lines.map(({ message }) => message).join("\n");
  throw new Error(`Node.js ${major} could not be had for ${process.platform}-${process.arch}.\n${reason}`);
}
