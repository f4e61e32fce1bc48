import { isBuiltin } from "node:module";
import { join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { importsIn, isTestFile, ROOT, type SourceImport, workspacePackages } from "./monorepo.ts";

/** A package imports only from lower levels; what is not listed fails the first test below. */
const LEVELS: Readonly<Record<string, number>> = {
  "@sluice/core": 0,
  "@sluice/artifact": 1,
  "@sluice/aws": 1,
  "@sluice/bundler": 2,
  "@sluice/bundler-python": 2,
  "@sluice/gitflow": 2,
  "@sluice/local": 2,
  "@sluice/updater": 2,
  sluice: 3,
};
const APPS = 4;

const packages = workspacePackages(["packages"]);
const apps = workspacePackages(["apps"]);
const isTest = ({ file }: SourceImport): boolean => isTestFile(file);
const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
const isOurs = (name: string): boolean => name === "sluice" || name.startsWith("@sluice/");

describe("levels", () => {
  it("has a level for every package", () => {
    expect(packages.map(({ name }) => name).sort()).toEqual(Object.keys(LEVELS).sort());
  });

  it.each(packages.map((each) => [each.name, each] as const))(
    "lets %s import from lower levels only",
    (name, { folder }) => {
      const ours = importsIn(folder)
        .filter((each) => !isTest(each))
        .filter(({ specifier }) => isOurs(packageOf(specifier)) && packageOf(specifier) !== name);
      const wrong = ours.filter(
        ({ specifier }) => (LEVELS[packageOf(specifier)] ?? APPS) >= (LEVELS[name] ?? 0),
      );
      expect(wrong).toEqual([]);
    },
  );

  it.each([...packages, ...apps].map((each) => [each.name, each] as const))(
    "lets %s be imported by its published entry point only",
    (_name, { folder }) => {
      const wrong = importsIn(folder).filter(({ file, specifier }) => {
        if (!specifier.startsWith("."))
          return isOurs(packageOf(specifier)) && specifier !== packageOf(specifier);
        return relative(join(ROOT, folder), resolve(ROOT, file, "..", specifier)).startsWith("..");
      });
      expect(wrong.filter(({ file }) => !file.endsWith("vitest.config.ts"))).toEqual([]);
    },
  );

  it("lets core know no plugin and no AWS", () => {
    const wrong = importsIn("packages/core").filter(
      ({ specifier }) => isOurs(packageOf(specifier)) || specifier.includes("aws-sdk"),
    );
    expect(wrong).toEqual([]);
  });

  it("lets only aws import the AWS SDK", () => {
    const users = packages.filter(({ folder }) =>
      importsIn(folder).some((each) => !isTest(each) && /^@(?:aws-sdk|smithy)\//.test(each.specifier)),
    );
    expect(users.map(({ name }) => name)).toEqual(["@sluice/aws"]);
  });

  it("lets apps import nothing of ours but sluice", () => {
    const wrong = apps
      .flatMap(({ folder }) => importsIn(folder))
      .filter(({ specifier }) => specifier.startsWith("@sluice/"));
    expect(wrong).toEqual([]);
  });

  it("declares what it imports", () => {
    const undeclared = packages.flatMap(({ folder, dependencies, devDependencies, peerDependencies, name }) =>
      importsIn(join(folder, "src")).filter((each) => {
        const wanted = packageOf(each.specifier);
        if (each.specifier.startsWith(".") || isBuiltin(each.specifier) || wanted === name) return false;
        const forAll = [...dependencies, ...peerDependencies];
        const declared = isTest(each) || name === "sluice" ? [...forAll, ...devDependencies] : forAll;
        return /^[@a-z]/.test(wanted) && !wanted.includes(" ") && !declared.includes(wanted);
      }),
    );
    expect(undeclared).toEqual([]);
  });
});
