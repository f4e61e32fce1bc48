/** Another tool: the path of its executable, or why it is not here. */
export type Peer =
  | { readonly name: string; readonly executable: string }
  | { readonly name: string; readonly missing: string };

/** Tries to install a tool; a tool that cannot be had is a line in the table, not a failure of the benchmark. */
export async function tryPeer(name: string, install: () => Promise<string>): Promise<Peer> {
  try {
    return { name, executable: await install() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { name, missing: message.trim().split("\n").at(-1)?.trim() ?? message };
  }
}
