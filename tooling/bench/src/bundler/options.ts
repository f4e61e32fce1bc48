import type { BuildOptions } from "esbuild";

/** Gives bundled CommonJS packages the `require` that ES modules lack, as their users do for tools that do not. */
export const REQUIRE_BANNER: string =
  'import { createRequire as bannerRequire } from "node:module"; const require = bannerRequire(import.meta.url);';

/** What every contender is told to do, in esbuild's words. */
type CommonOptions = BuildOptions & { readonly banner: { readonly js: string } };

/** Sluice's defaults; tools with words of their own are told the same in those. */
export const COMMON_OPTIONS: CommonOptions = {
  bundle: true,
  minify: true,
  sourcemap: true,
  platform: "node",
  target: "node22",
  format: "esm",
  banner: { js: REQUIRE_BANNER },
};
