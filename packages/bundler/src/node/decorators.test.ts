import { mkdirSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, invoke, one, problemsOf, unpacked } from "../testing/repository.ts";

const installed = createRequire(import.meta.url);

/** Links packages of this workspace into a fixture, as an installation would. */
function install(root: string, names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(join(root, "node_modules"), { recursive: true });
    symlinkSync(dirname(installed.resolve(name)), join(root, "node_modules", name));
  }
}

const METADATA = JSON.stringify({
  compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true, target: "ES2022" },
});

/** What NestJS, TypeORM and TypeGraphQL do with the metadata, in small. */
const FRAMEWORK = `
import "reflect-metadata";
export const Injectable = (): ClassDecorator => () => {};
export const Inject = (token: string): ParameterDecorator => (target, key, index) => {
  Reflect.defineMetadata("token:" + index, token, target);
};
export function create(type: any, tokens: Record<string, unknown> = {}): any {
  const types: any[] = Reflect.getMetadata("design:paramtypes", type) ?? [];
  const values = types.map((found, index) => {
    const token = Reflect.getMetadata("token:" + index, type);
    return token === undefined ? create(found, tokens) : tokens[token];
  });
  return new type(...values);
}
export const columns: Record<string, string> = {};
export const Column = (): PropertyDecorator => (target, key) => {
  columns[String(key)] = Reflect.getMetadata("design:type", target, key)?.name ?? "none";
};
export const Field = Column;
export const Query = (): MethodDecorator => (target, key) => {
  const names = (kind: string) => [Reflect.getMetadata(kind, target, key)].flat().map((found) => found?.name ?? "none");
  columns[String(key)] = names("design:paramtypes").join() + " -> " + names("design:returntype").join();
};
`;

const SERVICE = `
import { Column, Field, Inject, Injectable, Query, columns, create } from "./framework";
import type { Shape } from "./shapes";
import { Color, Level, Thing } from "./shapes";
import * as shapes from "./shapes";

@Injectable()
abstract class Base { abstract name(): string; }

@Injectable()
export class Clock extends Base { name() { return "clock"; } }

@Injectable()
export class Orders {
  constructor(private readonly clock: Clock, readonly thing: Thing, @Inject("limit") public readonly limit: number) {}
  list() { return [this.clock.name(), this.thing.kind, this.limit]; }
}

class Entity {
  @Column() id!: string;
  @Column() count?: number;
  @Column() at!: Date;
  @Column() color!: Color;
  @Column() level!: Level;
  @Column() thing!: Thing;
  @Column() spaced!: shapes.Thing;
  @Column() shape!: Shape;
  @Column() facade!: Facade;
  @Column() list!: string[];
  @Column() mixed!: string | number;
  @Column() later!: Promise<void>;
  @Column() parent!: Entity;
  @Field() get shown(): boolean { return true; }
  @Query() async find(id: string, by: Thing): Promise<Entity> { return this; }
  plain: string;
}
interface Facade { a: string }

export const handler = async () => {
  const orders = create(Orders, { limit: 3 });
  let at = "";
  try { create(class { constructor() { throw new Error("here"); } }); } catch (error: any) { at = error.stack; }
  const fields = Object.keys(new Entity());
  return { list: orders.list(), columns, at, fields, names: [Orders.name, Clock.name], abstract: create(Clock) instanceof Base };
};
`;

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split("\n").length;

const SHAPES = `
import { Field } from "./framework";
import { Orders } from "./a";
export interface Shape { a: string }
export enum Color { Red = "red", Blue = "blue" }
export enum Level { Low, High }
export class Thing {
  kind = "thing";
  @Field() owner?: Orders;
}
`;

describe("decorators", () => {
  it.each([
    ["esm", true],
    ["esm", false],
    ["cjs", true],
  ] as const)(
    "tell the types that a tsconfig wants told, where containers and mappers look (%s, minify: %s)",
    async (format, minify) => {
      await using fixture = await createFixture({
        "tsconfig.json": `{\n  // what the whole company has\n  "extends": "./config/base.json",\n}`,
        "config/base.json": METADATA,
        "package.json": "{}",
        "src/framework.ts": FRAMEWORK,
        "src/a.ts": SERVICE,
        "src/shapes.ts": SHAPES,
      });
      install(fixture.path, ["reflect-metadata", "oxc-transform"]);
      const artifact = one(await bundleAll(fixture.path, [functionOf("a", { format, minify })]));
      const result = await invoke(artifact, {}, ["--enable-source-maps"]);
      expect(result).toMatchObject({
        list: ["clock", "thing", 3],
        columns: {
          ...{ id: "String", count: "Number", at: "Date", color: "String", level: "Number" },
          ...{ thing: "Thing", spaced: "Thing", shape: "Object", facade: "Object", list: "Array" },
          ...{ mixed: "Object", later: "Promise", parent: "Entity", shown: "Boolean" },
          find: "String,Thing -> Promise",
        },
        names: ["Orders", "Clock"],
        abstract: true,
      });
      expect((result as { at: string }).at).toContain(`src/a.ts:${lineOf(SERVICE, '"here"')}:`);
    },
    60_000,
  );

  it("are esbuild's where no metadata is asked for, of the standard and the experimental kind", async () => {
    const source = `
const log: string[] = [];
function first(value: any, context: any) { log.push(typeof context === "object" ? context.kind : String(context)); }
class A { @first method() {} }
export const handler = async () => ({ log, name: A.name });`;
    await using fixture = await createFixture({
      "standard/a.ts": source,
      "old/tsconfig.json": '{"compilerOptions":{"experimentalDecorators":true}}',
      "old/a.ts": source,
    });
    const functions = ["standard", "old"].map((name) => functionOf(name, { entry: `${name}/a.ts` }));
    const { artifacts } = await bundleAll(fixture.path, functions);
    const results = await Promise.all(artifacts.map((artifact) => invoke(artifact, {})));
    expect(results).toEqual([
      { log: ["method"], name: "A" },
      { log: ["method"], name: "A" },
    ]);
  });

  it("say what to install when the transformer is missing, and only where it is needed", async () => {
    await using fixture = await createFixture({
      "tsconfig.json": METADATA,
      "src/a.ts": "function dec(...x: any[]): any {}\n@dec class A {}\nexport const handler = () => new A();",
      "src/b.ts": "export const handler = () => 'a@b.c';",
    });
    const [problem] = await problemsOf(fixture.path, functionOf("a"));
    expect(problem).toMatchObject({
      code: "SLUICE_DECORATOR_METADATA",
      where: "src/a.ts",
      hint: expect.stringContaining("npm install --save-dev oxc-transform"),
    });
    expect((await bundleAll(fixture.path, [functionOf("b")])).artifacts).toHaveLength(1);
  });

  it("leave a syntax error to esbuild, with its place", async () => {
    await using fixture = await createFixture({
      "tsconfig.json": METADATA,
      "package.json": "{}",
      "src/a.ts":
        "function dec(...x: any[]): any {}\n@dec class A { x = ; }\nexport const handler = () => new A();",
    });
    install(fixture.path, ["oxc-transform"]);
    const [problem] = await problemsOf(fixture.path, functionOf("a"));
    expect(problem).toMatchObject({ code: "SLUICE_SYNTAX_ERROR", where: "src/a.ts:2:20" });
  });

  it("take the user's plugin for a source before the transformer", async () => {
    await using fixture = await createFixture({
      "tsconfig.json": METADATA,
      "src/a.ts": "function dec(...x: any[]): any {}\n@dec class A {}\nexport const handler = () => new A();",
    });
    const own = {
      name: "own",
      setup: (build: import("esbuild").PluginBuild) => {
        build.onLoad({ filter: /a\.ts$/ }, () => ({
          contents: "export const handler = () => 'own-compiler';",
        }));
      },
    };
    const artifact = one(await bundleAll(fixture.path, [functionOf("a", { esbuild: { plugins: [own] } })]));
    expect(unpacked(artifact)["index.mjs"]).toContain("own-compiler");
  });
});
