import type { Session } from "../session.ts";
import { chooseEnvironment } from "../workflow/choose.ts";
import { openProject, openRef } from "../workflow/project.ts";

/** `sluice environment` */
export async function environment(session: Session): Promise<number> {
  const [project, ref] = await Promise.all([openProject(session), openRef(session)]);
  const { choice } = await chooseEnvironment(project, ref, session);
  session.say(session.colors.dim(choice.reason));
  if (session.json) {
    const { environment: name, rule, reason } = choice;
    session.printJson({ schema: 1, branch: ref.branch, environment: name, rule, reason });
  } else if (choice.environment !== null) session.print(choice.environment);
  return 0;
}
