import { expect, it } from "vitest";
import { pathFileNotices } from "./path-files.ts";

const file = (path: string, text: string) => ({
  ...{ path, package: "cmeel", deflated: null, executable: false },
  bytes: Buffer.from(text),
});

it("tells which packages add folders to the search path in a way that Lambda does not know", () => {
  const notices = pathFileNotices([
    file("cmeel.pth", "# made by cmeel\n\ncmeel.prefix/lib/python3.13/site-packages\r\nother\n"),
    file("protobuf-4.0-nspkg.pth", "import sys, types, os;has_mfs = sys.version_info > (3, 5)\n"),
    file("distutils-precedence.pth", "import os; var = 'SETUPTOOLS_USE_DISTUTILS'\n"),
    file("data/inner.pth", "folder\n"),
    file("cmeel.py", "folder\n"),
  ]);
  expect(notices).toEqual([
    "cmeel adds cmeel.prefix/lib/python3.13/site-packages to Python's search path by cmeel.pth, which AWS Lambda does not read: a handler that needs it has to put it into sys.path.",
  ]);
});
