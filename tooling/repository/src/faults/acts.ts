import { type Attempted, attempt } from "./attempt.ts";
import type { Stage } from "./stage.ts";
import type { World } from "./world.ts";

/** What the scenarios do in a world before and after what is tried. */
export interface Acts {
  readonly stage: Stage;
  readonly world: World;
  /** Runs the command undisturbed in the repository. */
  run(args: readonly string[]): Promise<Attempted>;
  /** The same, of which anything but exit code 0 is a failure of the test itself. */
  done(args: readonly string[], cwd?: string): Promise<void>;
}

/** @param aheadMs - how much later AWS's clock seems to the first run */
export function actsOf(stage: Stage, world: World, aheadMs = 0): Acts {
  let ahead = aheadMs;
  const run = (args: readonly string[], cwd = stage.repository.path): Promise<Attempted> => {
    const once = ahead;
    ahead = 0;
    return attempt(stage, world, { args, cwd, aheadMs: once });
  };
  return {
    stage,
    world,
    run: (args) => run(args),
    done: async (args, cwd) => {
      const { exitCode, stdout, stderr } = await run(args, cwd);
      if (exitCode !== 0) throw new Error(`sluice ${args.join(" ")}: ${exitCode}: ${stdout}${stderr}`);
    },
  };
}
