import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import { settingsInvalid } from "./errors.ts";

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED )?CERTIFICATE-----/g;

function certificatesIn(path: string): string[] {
  return readFileSync(path, "utf8").match(CERTIFICATE) ?? [];
}

function certificatesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return certificatesIn(path);
    return readdirSync(path).flatMap((name) => {
      const file = join(path, name);
      return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? certificatesIn(file) : [];
    });
  } catch (error) {
    throw settingsInvalid(path, `the certificate authorities in ${path} cannot be read`, error);
  }
}

let last: { readonly key: string; readonly context: SecureContext } | null = null;

/**
 * What TLS connections trust: the authorities at these paths, instead of Node.js's own, as SSL_CERT_FILE and PIP_CERT have it for uv
 * and pip. `undefined` for none: Node.js's own. Made once, since reading a system's bundle takes 60 ms.
 *
 * @throws SLUICE_PYTHON_INDEX_SETTINGS
 */
export function secureContextOf(paths: readonly string[]): SecureContext | undefined {
  if (paths.length === 0) return undefined;
  const key = JSON.stringify(paths);
  if (last?.key === key) return last.context;
  const ca = [...new Set(paths.flatMap(certificatesAt))];
  if (ca.length === 0)
    throw settingsInvalid(paths.join(", "), `${paths.join(", ")} holds no certificate in PEM format`);
  const context = createSecureContext({ ca });
  last = { key, context };
  return context;
}
