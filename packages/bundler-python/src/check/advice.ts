/** Packages whose modules have other names, by the module. */
const PACKAGES: Readonly<Record<string, string>> = {
  attr: "attrs",
  bs4: "beautifulsoup4",
  Crypto: "pycryptodome",
  cv2: "opencv-python-headless",
  dateutil: "python-dateutil",
  docx: "python-docx",
  dotenv: "python-dotenv",
  fitz: "PyMuPDF",
  git: "GitPython",
  googleapiclient: "google-api-python-client",
  jose: "python-jose",
  jwt: "PyJWT",
  magic: "python-magic",
  MySQLdb: "mysqlclient",
  OpenSSL: "pyOpenSSL",
  PIL: "Pillow",
  pkg_resources: "setuptools<82",
  pptx: "python-pptx",
  psycopg2: "psycopg2-binary",
  serial: "pyserial",
  skimage: "scikit-image",
  sklearn: "scikit-learn",
  slugify: "python-slugify",
  telegram: "python-telegram-bot",
  yaml: "PyYAML",
  zmq: "pyzmq",
};

/** Since 3.12 (PEP 632), 3.12 (asynchat, asyncore, imp), and 3.13 (PEP 594). */
const REMOVED: ReadonlyMap<string, number> = new Map([
  ...["distutils", "imp", "asynchat", "asyncore", "smtpd"].map((name) => [name, 12] as const),
  ...["cgi", "cgitb", "crypt", "imghdr", "sndhdr", "telnetlib", "uu", "pipes", "lib2to3", "nntplib"].map(
    (name) => [name, 13] as const,
  ),
]);

const OF_WINDOWS = new Set(["_winapi", "_winreg", "msvcrt", "pythoncom", "win32api", "win32com", "winreg"]);

/** Shared libraries that the runtime lacks, and what helps. */
const LIBRARIES: readonly (readonly [RegExp, string])[] = [
  [
    /^lib(?:GL|gthread|glib|SM|ICE|Xext|Xrender|X11|xcb)\b/,
    "Take opencv-python-headless instead of opencv-python: it needs no screen.",
  ],
  [/^libpq\b/, "Take psycopg2-binary, or psycopg[binary]: they bring libpq along."],
  [/^lib(?:mysqlclient|mariadb)\b/, "Take PyMySQL, which is pure Python."],
  [/^libmagic\b/, "Take filetype or puremagic, which are pure Python."],
  [/^lib(?:odbc|tdsodbc|msodbcsql)/, "Take pymssql, or a layer with unixODBC and the driver."],
  [/^lib(?:clntsh|aio)\b/, "Take oracledb in its thin mode: it needs no Oracle client."],
  [/^lib(?:pango|cairo|gobject|gdk|harfbuzz|fontconfig)/, "Take a layer that has Cairo and Pango."],
  [/^libgomp\b/, "Put libgomp.so.1 into lib/ by assets, or take a layer that has it."],
];

/** Libraries that the runtimes' Amazon Linux has: where this machine lacks one, that says nothing. */
const OF_RUNTIME =
  /^lib(?:c|m|dl|rt|util|pthread|resolv|crypt|z|bz2|lzma|expat|gcc_s|stdc\+\+|ssl|crypto|ffi|nss\w*)\.so/;

/** What to do about a module that is not there. `isPartOf`: whether the package that it belongs to is in the zip. */
export function adviceForModule(name: string, minor: number, isPartOf: boolean): string {
  const top = name.split(".")[0] ?? name;
  const removed = REMOVED.get(top);
  if (OF_WINDOWS.has(top))
    return `${top} is for Windows alone: take another package, or import it only there.`;
  if (removed !== undefined && minor >= removed)
    return `Python 3.${removed} and later have no ${top}: update the package that imports it${top === "distutils" ? ", or add setuptools to the function's requirements" : ""}.`;
  if (isPartOf)
    return `The rest of ${top} is there: python: { slim: false } packs all that its wheel holds; of your own code, assets can add what is imported by a computed name.`;
  const named = PACKAGES[top];
  const add = named === undefined ? `the package that has ${top}` : named;
  return `Add ${add} to the function's requirements, or to provided where a layer has it.`;
}

/** What to do about a shared library that no runtime has, `null` for one that it may have. */
export function helpForMissingLibrary(name: string): string | null {
  return OF_RUNTIME.test(name) ? null : (LIBRARIES.find(([pattern]) => pattern.test(name))?.[1] ?? null);
}

/** What to do about a shared library that is not there, `null` for one that the runtime has. */
export function adviceForLibrary(name: string): string | null {
  if (OF_RUNTIME.test(name)) return null;
  return (
    helpForMissingLibrary(name) ??
    `Take a package whose wheel brings ${name} along, or put it into lib/ by assets, or into a layer.`
  );
}
