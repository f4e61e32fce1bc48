import { expect, it } from "vitest";
import { readUvFailure } from "./uv-failure.ts";

// What uv 0.13.9 printed.
const NO_SOLUTION = "error: No solution found when resolving dependencies\n  cause: ";
const REQUEST = "error: Request failed after 3 retries in 6.4s\n  cause: Failed to fetch: ";

it.each([
  [
    `${NO_SOLUTION}Because no-such was not found in the package registry and you require no-such, we can conclude that your requirements are unsatisfiable.\n`,
    { type: "unknown-package", name: "no-such" },
  ],
  [
    `${NO_SOLUTION}Because there is no version of requests==99.0 and you require requests==99.0, we can conclude that your requirements are unsatisfiable.`,
    { type: "unknown-version", requirement: "requests==99.0" },
  ],
  [
    `${NO_SOLUTION}Because only numpy<=2.5.5 is available and you require numpy>=99, we can conclude that your requirements are unsatisfiable.`,
    { type: "unknown-version", requirement: "numpy>=99" },
  ],
  [
    `warning: The requested Python version 3.13 is not available; 3.11.7 will be used to build dependencies instead.\n${NO_SOLUTION}Because flask==3.0.0 depends on werkzeug>=3.0.0 and you require flask==3.0, we can conclude that you require werkzeug>=3.0.0.\n         And because you require werkzeug<2, we can conclude that your requirements are unsatisfiable.`,
    {
      type: "conflict",
      premises: "flask==3.0.0 depends on werkzeug>=3.0.0 and you require flask==3.0; you require werkzeug<2",
    },
  ],
  [
    `${NO_SOLUTION}Because all versions of docopt have no usable wheels and you require docopt, we can conclude that your requirements are unsatisfiable.\n\nhint: Wheels are required for \`docopt\` because building from source is disabled for all packages (i.e., with \`--no-build\`)`,
    { type: "no-wheel", name: "docopt", specifier: "" },
  ],
  [
    `${NO_SOLUTION}Because pywin32<=306 has no wheels with a matching Python ABI tag (e.g., \`cp313\`) and only the following versions of pywin32 are available:\n             pywin32<=306\n             pywin32>=307\n         we can conclude that pywin32<307 cannot be used.\n         And because pywin32>=307 has no wheels with a matching platform tag (e.g., \`manylinux_2_34_aarch64\`) and you require pywin32, we can conclude that your requirements are unsatisfiable.\n\nhint: Wheels are available for \`pywin32\` (v312) on the following platforms: \`win32\`, \`win_amd64\`, \`win_arm64\``,
    { type: "no-wheel", name: "pywin32" },
  ],
  [
    `${NO_SOLUTION}Because idna was not found in the package registry and you require idna, we can conclude that your requirements are unsatisfiable.\n\nhint: An index URL (http://127.0.0.1:8765/x/) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)`,
    { type: "denied", url: "http://127.0.0.1:8765/x/", status: "401 Unauthorized" },
  ],
  [
    `${NO_SOLUTION}Because idna was not found in the cache and you require idna, we can conclude that your requirements are unsatisfiable.\n\nhint: Packages were unavailable because the network was disabled. When the network is disabled, registry packages may only be read from the cache.`,
    { type: "offline", name: "idna" },
  ],
  [
    `${REQUEST}https://nohost.invalid/x/idna/\n  cause: error sending request for url (https://nohost.invalid/x/idna/)\n  cause: client error (Connect)\n  cause: dns error\n  cause: failed to lookup address information: Name or service not known`,
    {
      type: "unreachable",
      url: "https://nohost.invalid/x/idna/",
      reason: "failed to lookup address information: Name or service not known",
    },
  ],
  [
    "error: Couldn't parse requirement in `t.txt` at position 12\n  cause: Expected one of `@`, `(`, `<`, `=`, found `b`\n         foo bar\n             ^",
    { type: "invalid", file: "t.txt", line: null, position: 12 },
  ],
  ['error: Expected `--hash`, found `"--frob"`: t.txt:3:10', { type: "invalid", file: "t.txt", line: 3 }],
  [
    "error: Unsupported editable requirement in `t.txt` at line 2: `git+https://example.org/a#egg=b`\n  cause: Git sources cannot be editable",
    { type: "invalid", file: "t.txt", line: 2, reason: "Git sources cannot be editable" },
  ],
  [
    "error: No interpreter found for Python 3.13 in virtual environments, managed installations, or search path",
    { type: "no-python" },
  ],
  [
    "error: Failed to download and build `own @ https://x.example/own-1.0.tar.gz`\n  cause: Building source distributions for `own` is disabled",
    { type: "source-needed", name: "own" },
  ],
  [
    `${NO_SOLUTION}Because good==1.0 has an invalid package format and you require good==1.0, we can conclude that your requirements are unsatisfiable.`,
    { type: "no-file", requirement: "good==1.0" },
  ],
  [
    "error: Failed to read `good @ file:///repo/good-1.0-py3-none-any.whl`\n  cause: Failed to extract archive: good-1.0-py3-none-any.whl\n  cause: Invalid zip file structure",
    { type: "damaged", filename: "good-1.0-py3-none-any.whl" },
  ],
  [
    "error: Failed to download `foo==1.0`\n  cause: The wheel is invalid: Multiple .dist-info directories found: bar-2.0, foo-1.0",
    { type: "damaged", filename: "foo==1.0" },
  ],
  ["error: Building source distributions is disabled", { type: "source-needed", name: null }],
  [
    "error: Git operation failed\n  cause: failed to clone into: /cache\n  cause: process didn't exit successfully: `git fetch` (exit status: 128)\n         --- stderr\n         fatal: unable to access 'https://example.org/a/': Could not resolve host: example.org",
    {
      type: "git",
      reason: "fatal: unable to access 'https://example.org/a/': Could not resolve host: example.org",
    },
  ],
  [
    "error: something new\n  cause: of some kind",
    { type: "other", tail: "error: something new\ncause: of some kind" },
  ],
])("%s", (stderr, failure) => {
  expect(readUvFailure(stderr)).toMatchObject(failure);
});

it("shows the ends of a long proof", () => {
  const steps = [1, 2, 3, 4, 5, 6].map(
    (step) =>
      `${step === 1 ? "Because" : "And because"} a${step} depends on b${step}, we can conclude that c${step}.`,
  );
  expect(readUvFailure(NO_SOLUTION + steps.join("\n         "))).toEqual({
    type: "conflict",
    premises: "a1 depends on b1; a2 depends on b2; a3 depends on b3; …; a6 depends on b6",
  });
});
