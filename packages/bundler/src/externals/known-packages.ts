/**
 * Packages without machine code that break when they are bundled, each for the reason that its group names. They are copied
 * instead. The names come from what Next.js leaves out of its bundles (`server-external-packages.jsonc`), the special cases of
 * @vercel/nft, and the issues of serverless-esbuild and the CDK; a name stands here only when its own code shows the reason.
 */
export const BREAKS_WHEN_BUNDLED: ReadonlySet<string> = new Set([
  // Start a worker or a child process from a file of their own.
  ...["pino", "thread-stream", "piscina", "tinypool", "workerpool", "jest-worker", "jsdom", "esbuild-wasm"],
  // Read data files that stand beside their code: fonts, wordlists, .proto, .wasm, style sheets, whole sites.
  ...[
    "pdfkit",
    "pdfmake",
    "google-gax",
    "@google-cloud/firestore",
    "firebase-admin",
    "tiktoken",
    "geoip-lite",
  ],
  ...["swagger-ui-dist", "jsonpath", "uglify-js", "mjml-core", "@vercel/nft", "typescript", "ts-morph"],
  // Start a browser or a program that comes with them.
  ...["@sparticuz/chromium", "puppeteer", "puppeteer-core", "playwright", "playwright-core", "ffmpeg-static"],
  // Generated code and engines stand in a folder that they look for.
  ...["@prisma/client", "prisma", "@prisma/engines"],
  // Load drivers by names that are computed or that nobody has installed all of.
  ...["knex", "sequelize", "typeorm", "@mikro-orm/core", "@mikro-orm/knex"],
  // Hook into the loading of other modules by their names, of which a bundle has none.
  ...["newrelic", "dd-trace", "require-in-the-middle", "import-in-the-middle", "@appsignal/nodejs"],
]);

/** What packages load without listing it among their dependencies. */
export const IMPLIED: ReadonlyMap<string, readonly string[]> = new Map([
  // `prisma generate` writes the client beside the package (Prisma, "Generating Prisma Client").
  ["@prisma/client", [".prisma"]],
]);

/** Dependencies that are for building machine code when a package is installed, and for nothing that runs. */
export const INSTALL_ONLY: ReadonlySet<string> = new Set([
  ...["prebuild-install", "node-gyp", "node-addon-api", "nan", "cmake-js", "prebuildify"],
  ...["install-artifact-from-github", "napi-postinstall"],
]);
