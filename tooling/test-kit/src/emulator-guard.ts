import { spawn } from "node:child_process";
import type { Socket } from "node:net";

/**
 * Waits for a line, or for the end of its input, which comes when the process that holds the other end is gone; then ends the
 * emulator's process group, workers included, and removes its files. `state.json` has each key on a line of its own.
 */
const SCRIPT = `
read -r _ && exit
value() { sed -n "s/^ *\\"$1\\": \\"\\{0,1\\}\\([^\\",]*\\).*/\\1/p" "$state/state.json"; }
state=$1
pid=$(value pid)
folder=$(value folder)
case $pid in [1-9]*) kill -s KILL -- "-$pid" ;; esac
case $folder in /*/sluice-local-*) rm -rf -- "$folder" ;; esac
rm -rf -- "$state"
`;

/**
 * Ends the instance of a state folder when this process ends without having stopped it, be it by an uncaught error or by a signal
 * that nobody can catch.
 *
 * @param state - absolute path of the state folder
 * @returns calls the guard off
 */
export function guardInstance(state: string): () => void {
  // In a session of its own: Ctrl+C reaches it no more than the emulator.
  const guard = spawn("sh", ["-c", SCRIPT, "sh", state], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.unref();
  (guard.stdin as Socket).unref();
  // One that was ended itself has nothing to be told.
  guard.stdin.on("error", () => undefined);
  return () => {
    guard.stdin.end("\n");
  };
}
