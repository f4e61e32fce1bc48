import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FetchScene, FILENAME, fetchScene, firstTimes, wheelAt } from "../testing/index-scene.ts";

let scene: FetchScene;

beforeEach(async () => {
  scene = await fetchScene();
});

afterEach(() => scene.end());

describe("an index with credentials", () => {
  const credentials = { username: "ci", password: "pass word/1" };

  it("is given them from the first request on, and the file's host too", async () => {
    const index = await scene.start({ credentials });
    const env = { PIP_INDEX_URL: index.urlWithCredentials };
    expect((await scene.fetch(wheelAt(index.fileUrl(FILENAME)), { env })).code).toBeNull();
    expect(index.requests).toEqual([expect.objectContaining({ user: "ci:pass word/1" })]);
  });

  it("takes those of a netrc and of a named index", async () => {
    const index = await scene.start({ credentials });
    await scene.place.writeFile(".netrc", 'machine 127.0.0.1 login ci password "pass word/1"');
    expect((await scene.fetch(wheelAt(index.fileUrl(FILENAME)))).code).toBeNull();
    await scene.place.rm(".netrc");
    await scene.place.rm("cache");
    const env = {
      UV_INDEX: `my-own=${index.url}`,
      UV_INDEX_MY_OWN_USERNAME: credentials.username,
      UV_INDEX_MY_OWN_PASSWORD: credentials.password,
    };
    expect((await scene.fetch(wheelAt(index.fileUrl(FILENAME)), { env })).code).toBeNull();
  });

  it("refuses without them: the host and every way to give them", async () => {
    const index = await scene.start({ credentials });
    const fetched = await scene.fetch(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched).toMatchObject({ code: "SLUICE_PYTHON_INDEX_DENIED", pauses: [] });
    expect(fetched.message).toMatch(/127\.0\.0\.1:\d+ answered 401 .*without credentials/);
    for (const way of ["UV_INDEX_NAME_PASSWORD", ".netrc", "keyring"]) expect(fetched.hint).toContain(way);
  });

  it("never shows them", async () => {
    const index = await scene.start({ credentials });
    const wrong = index.urlWithCredentials.replace("1@", "2@");
    const fetched = await scene.fetch(wheelAt(`${new URL(FILENAME, wrong.replace("/simple/", "/files/"))}`), {
      env: { UV_DEFAULT_INDEX: wrong },
    });
    expect(fetched.message).toMatch(/with credentials/);
    expect(fetched.message + fetched.hint).not.toMatch(/pass|ci:/);
  });

  it("keeps them to itself when it leads to another host", async () => {
    const store = await scene.start();
    const leads = firstTimes(9, (response) =>
      response.writeHead(302, { location: store.fileUrl(FILENAME) }).end(),
    );
    const index = await scene.start({ credentials, intercept: leads });
    const env = { PIP_INDEX_URL: index.urlWithCredentials };
    expect((await scene.fetch(wheelAt(index.fileUrl(FILENAME)), { env })).code).toBeNull();
    expect(index.requests[0]?.user).toBe("ci:pass word/1");
    expect(store.requests).toEqual([expect.objectContaining({ user: null })]);
  });

  it("that leads round in a circle is an error", async () => {
    const circle = firstTimes(99, (response, { url }) =>
      response.writeHead(302, { location: url ?? "" }).end(),
    );
    const index = await scene.start({ intercept: circle });
    expect((await scene.fetch(wheelAt(index.fileUrl(FILENAME)))).message).toMatch(
      /leads on more than 10 times/,
    );
  });
});
