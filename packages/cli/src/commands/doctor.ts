import type { Session } from "../session.ts";
import { wrap } from "../terminal/problems.ts";
import { diagnose } from "../workflow/diagnose.ts";

function fine(warnings: number): string {
  const looks = "Nothing stands in the way of a deployment";
  return warnings === 0 ? `${looks}.` : `${looks}; see the ${warnings} warning(s) above.`;
}

/** `sluice doctor` */
export async function doctor(session: Session): Promise<number> {
  const { colors, say } = session;
  const findings = await diagnose(session);
  const width = Math.max(...findings.map((finding) => finding.check.length));
  const signs = { ok: colors.green("✓"), warning: colors.yellow("!"), problem: colors.red("✗") };
  for (const { check, status, detail, hint } of findings) {
    const [first = "", ...rest] = wrap(detail, 74 - width);
    say(`  ${signs[status]} ${colors.bold(check.padEnd(width))}  ${first}`);
    for (const line of rest) say(`    ${" ".repeat(width)}  ${line}`);
    for (const [index, line] of wrap(hint ?? "", 72 - width).entries()) {
      if (line !== "") say(`    ${" ".repeat(width)}  ${index === 0 ? colors.cyan("→") : " "} ${line}`);
    }
  }
  const warnings = findings.filter((finding) => finding.status === "warning").length;
  const problems = findings.filter((finding) => finding.status === "problem").length;
  say(`\n${problems === 0 ? fine(warnings) : `${problems} problem(s) to solve first.`}`);
  if (session.json) session.printJson({ schema: 1, command: "doctor", findings });
  return problems === 0 ? 0 : 2;
}
