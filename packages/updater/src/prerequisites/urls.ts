import type { Problem } from "@sluice/core";
import { type Caller, failureClass } from "../call.ts";
import { testUnfit } from "../function-test/errors.ts";
import { urlOf } from "../function-test/function-url.ts";
import { placeOfTest, testsOf } from "../function-test/tests-of.ts";
import { getFunction } from "../plan/read-function.ts";
import type { Look } from "./prerequisite.ts";

/** The function URLs that tests ask: without one, each new function version would be rejected. Absent functions are told elsewhere. */
export const lookAtUrls: Look = async (config, { environment, aws }, targets) => {
  const input = { config, environment };
  const wanted = targets.flatMap((target) =>
    testsOf(input, target.function).flatMap((test, index) =>
      test.kind === "http"
        ? [{ target, alias: test.alias, where: placeOfTest(input, target.function, index) }]
        : [],
    ),
  );
  if (wanted.length === 0) return null;
  const asked = wanted.map(async ({ target, alias, where }): Promise<readonly Problem[]> => {
    const caller = { lambda: aws.lambda, target, calls: {} };
    const found = await urlOf(caller, alias);
    if (!("why" in found) || (await isAbsent(caller))) return [];
    return testUnfit(target, found, where).problems;
  });
  const problems = (await Promise.all(asked)).flat();
  const count = `${wanted.length} function URL${wanted.length === 1 ? "" : "s"}`;
  return { subject: "tests", detail: `${count} in ${aws.scope.region}`, problems };
};

async function isAbsent(caller: Caller): Promise<boolean> {
  try {
    await getFunction(caller);
    return false;
  } catch (error) {
    return failureClass(error) === "absent";
  }
}
