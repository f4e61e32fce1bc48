/** `sys.stdlib_module_names` of Python 3.13, without private names. */
const NAMES =
  "__future__ abc antigravity argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile calendar " +
  "cmath cmd code codecs codeop collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg " +
  "csv ctypes curses dataclasses datetime dbm decimal difflib dis doctest email encodings ensurepip enum errno faulthandler " +
  "fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip " +
  "hashlib heapq hmac html http idlelib imaplib importlib inspect io ipaddress itertools json keyword linecache locale " +
  "logging lzma mailbox marshal math mimetypes mmap modulefinder msvcrt multiprocessing netrc nt ntpath nturl2path numbers " +
  "opcode operator optparse os pathlib pdb pickle pickletools pkgutil platform plistlib poplib posix posixpath pprint " +
  "profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource " +
  "rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 " +
  "sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess symtable sys sysconfig syslog " +
  "tabnanny tarfile tempfile termios test textwrap this threading time timeit tkinter token tokenize trace traceback " +
  "tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uuid venv warnings wave weakref webbrowser " +
  "winreg winsound wsgiref xml xmlrpc xxsubtype zipapp zipfile zipimport zlib zoneinfo";

/** First minor version that has them. */
const ADDED: readonly (readonly [since: number, names: string])[] = [
  [11, "tomllib"],
  [14, "annotationlib compression"],
];

/** First minor version without them ("What's New in Python 3.10" to 3.13; PEP 594). */
const REMOVED: readonly (readonly [since: number, names: string])[] = [
  [10, "formatter parser symbol"],
  [11, "binhex"],
  [12, "asynchat asyncore distutils imp smtpd"],
  [
    13,
    "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes sndhdr spwd sunau telnetlib uu xdrlib",
  ],
];

const ALWAYS: ReadonlySet<string> = new Set(NAMES.split(" "));
const SINCE: ReadonlyMap<string, number> = new Map(
  ADDED.flatMap(([since, names]) => names.split(" ").map((name) => [name, since] as const)),
);
const UNTIL: ReadonlyMap<string, number> = new Map(
  REMOVED.flatMap(([since, names]) => names.split(" ").map((name) => [name, since] as const)),
);

/** `sys.builtin_module_names` of 3.9 to 3.13: found before anything on the path, and refused as a handler's module by the runtime. */
const BUILTIN: ReadonlySet<string> = new Set(
  "atexit builtins errno faulthandler gc itertools marshal posix pwd sys time xxsubtype".split(" "),
);

/** Private modules of the interpreter, as `_thread`, of which only the common ones are told apart from own modules. */
const PRIVATE =
  /^_(?:abc|ast|asyncio|bisect|bz2|codecs|collections(?:_abc)?|compat_pickle|contextvars|csv|ctypes|curses|datetime|decimal|elementtree|frozen_importlib(?:_external)?|functools|hashlib|heapq|imp|io|json|locale|lsprof|lzma|markupbase|md5|multiprocessing|opcode|operator|osx_support|pickle|posixshmem|posixsubprocess|py_abc|pydecimal|pyio|queue|random|scproxy|sha1|sha2|sha3|signal|sitebuiltins|socket|sqlite3|sre|ssl|stat|statistics|string|strptime|struct|symtable|sysconfigdata.*|thread|threading_local|tkinter|tracemalloc|typing|uuid|warnings|weakref|weakrefset|winapi|zoneinfo|zstd|interpreters|interpqueues|interpchannels)$/;

/**
 * Whether Python's standard library has a top-level module.
 *
 * @param minor - 13 for Python 3.13
 */
export function isStandard(name: string, minor: number): boolean {
  const since = SINCE.get(name);
  if (since !== undefined) return minor >= since;
  const until = UNTIL.get(name);
  if (until !== undefined) return minor < until;
  return ALWAYS.has(name) || BUILTIN.has(name) || PRIVATE.test(name);
}

/** The minor version that a module was removed in; `null` for what is in the standard library, or never was. */
export function removedIn(name: string, minor: number): number | null {
  const until = UNTIL.get(name);
  return until !== undefined && minor >= until ? until : null;
}

/** The minor version that a module came with, if that is later than `minor`. */
export function addedIn(name: string, minor: number): number | null {
  const since = SINCE.get(name);
  return since !== undefined && minor < since ? since : null;
}

/** Whether a module is part of the interpreter itself: nothing in a package can take its place. */
export function isBuiltin(name: string): boolean {
  return BUILTIN.has(name);
}
