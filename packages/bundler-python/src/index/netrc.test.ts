import { describe, expect, it } from "vitest";
import { parseNetrc } from "./netrc.ts";

describe("a netrc", () => {
  it("is read with its quotes, escapes, comments, macros and default", () => {
    const text = [
      "# machine commented.out login x password y",
      "machine one.example login ci password s3cret#1",
      'machine "two.example"',
      '\tlogin "with space"\r',
      '\taccount unused password "a \\"quoted\\" \\\\ word"',
      "macdef init",
      "machine in.macro login x password y",
      "cd /tmp",
      "",
      "machine three.example user old password plain\\ space",
      "machine four.example login only",
      "default login anonymous password me@example",
    ].join("\n");
    expect(parseNetrc(text)).toEqual([
      { machine: "one.example", login: "ci", password: "s3cret#1" },
      { machine: "two.example", login: "with space", password: 'a "quoted" \\ word' },
      { machine: "three.example", login: "old", password: "plain space" },
      { machine: null, login: "anonymous", password: "me@example" },
    ]);
  });

  it("that is cut off or empty gives what it has", () => {
    expect(parseNetrc("")).toEqual([]);
    expect(parseNetrc("machine one.example login ci password")).toEqual([]);
    expect(parseNetrc("password lonely")).toEqual([]);
    expect(parseNetrc("machine a password x macdef init\nmachine b password y")).toEqual([
      { machine: "a", login: "", password: "x" },
    ]);
  });
});
