import { withoutCredentials } from "./credentials.ts";
import { requirementErrors } from "./errors.ts";
import type { Reading } from "./reading.ts";

/** From pip's `req_file.py`: capitals, digits and underscores alone. */
const PIP_VARIABLE = /\$\{([A-Z0-9_]+)\}/g;
/** Pipenv's are those of a shell. */
const SHELL_VARIABLE = /\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/**
 * Fills in `${NAME}` from the environment; what was filled in is secret, and decides what is asked for unless it is a credential.
 *
 * @throws SLUICE_PYTHON_VARIABLE_MISSING
 */
export function expandVariables(
  reading: Reading,
  text: string,
  where: string,
  style: "pip" | "shell" = "pip",
): string {
  const asked = withoutCredentials(text);
  return text.replace(
    style === "pip" ? PIP_VARIABLE : SHELL_VARIABLE,
    (written: string, braced?: string, bare?: string) => {
      const name = braced ?? bare ?? "";
      const value = reading.run.context.env[name];
      if (value === undefined || value === "") throw requirementErrors.variableMissing(where, name);
      reading.secrets.add(value);
      if (asked.includes(written)) reading.variables.add(name);
      return value;
    },
  );
}
