/** Replaces secret values in a text. */
export type Redactor = (text: string) => string;

/** Names of environment variables whose values are secrets. Endpoints, files and key *ids* of AWS are not. */
const SECRET_NAME =
  /(SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|PRIVATE|CREDENTIAL|API_?KEY|ACCESS_?KEY|AUTH(?!OR))/i;
const HARMLESS_NAME = /(_FILE|_URI|_URL|_PATH|_ENDPOINT|ACCESS_KEY_ID|_PROFILE|SSH_AUTH_SOCK)$/i;

/** Shapes that are secrets wherever they stand. */
const SHAPES: readonly [RegExp, string][] = [
  // user:password@ in URLs (RFC 3986, section 3.2.1)
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/:@]*:[^\s/]+@/gi, "$1[redacted]@"],
  // SigV4 query parameters of presigned URLs, such as GetFunction's Code.Location
  [/(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"']+/gi, "$1[redacted]"],
  // Credentials of AWS by their names, as an environment, a file or the SDK has them
  [/((?:secret_?access_?key|session_?token)["']?\s*[:=]\s*["']?)[A-Za-z0-9+/=]{16,}/gi, "$1[redacted]"],
  // Bearer and Basic headers
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/-]{12,}=*/g, "$1 [redacted]"],
  // JSON Web Tokens
  [/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g, "[redacted]"],
  // GitHub, GitLab and npm tokens
  [/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|glpat-[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{30,})\b/g, "[redacted]"],
  // PEM private keys
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, "[redacted]"],
];

/** Shorter values would blank out ordinary words. */
const MINIMUM_LENGTH = 6;

/** The forms in which a value may appear in output: as it is, percent-encoded, base64, and escaped in JSON. */
function encodedForms(value: string): string[] {
  return [
    value,
    encodeURIComponent(value),
    Buffer.from(value).toString("base64"),
    JSON.stringify(value).slice(1, -1),
  ];
}

/**
 * Makes a redactor for every secret-looking variable of `env`, in plain and encoded forms, and for shapes that are
 * secrets anywhere.
 *
 * @param extra - further values that must never be shown
 */
export function createRedactor(
  env: Readonly<Record<string, string | undefined>>,
  extra: readonly string[] = [],
): Redactor {
  const values = Object.entries(env)
    .filter(([name]) => SECRET_NAME.test(name) && !HARMLESS_NAME.test(name))
    .map(([, value]) => value ?? "");
  const forms = [
    ...new Set(
      [...values, ...extra].filter((value) => value.trim().length >= MINIMUM_LENGTH).flatMap(encodedForms),
    ),
  ];
  // The longest first, so that a value that contains another is replaced whole.
  forms.sort((a, b) => b.length - a.length);
  return (text) => {
    let result = text;
    for (const form of forms) result = result.replaceAll(form, "[redacted]");
    for (const [shape, replacement] of SHAPES) result = result.replace(shape, replacement);
    return result;
  };
}

/**
 * Redacts every text inside a value that is going to be JSON. Keys and numbers stay: a secret that is a number or a word of the
 * document must not break it.
 */
export function redactValues(value: unknown, redact: Redactor): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactValues(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactValues(item, redact)]));
}
