/** Python: an exception as data, with the places of the package that it came by. */
export const FAILURE: string = `
# Modules of Python that need something of the machine: this one's Python may have been built without them.
OPTIONAL = {
    "_bz2", "_ctypes", "_curses", "_dbm", "_gdbm", "_hashlib", "_lzma", "_sqlite3", "_ssl", "_tkinter", "_uuid",
    "fcntl", "grp", "pwd", "readline", "resource", "syslog", "termios", "tkinter",
}
OF_WINDOWS = {"_winapi", "_winreg", "_msi", "msilib", "msvcrt", "nt", "winreg", "winsound"}


def is_of_python(name):
    top = name.split(".")[0]
    if sys.platform != "win32" and top in OF_WINDOWS:
        return False
    return top in getattr(sys, "stdlib_module_names", OPTIONAL)


def relative(path):
    """Of a file in the package its path there, of one in a layer its path with /opt; None for any other."""
    for root, prefix in ((ROOT, ""), (OPT, "/opt/")):
        if root and isinstance(path, str) and path.startswith(root + os.sep):
            return prefix + path[len(root) + 1:].replace(os.sep, "/")
    return None


def frames_of(error):
    frames = []
    trace = error.__traceback__
    while trace is not None:
        file = relative(trace.tb_frame.f_code.co_filename)
        if file is not None:
            frames.append({"file": file, "line": trace.tb_lineno})
        trace = trace.tb_next
    return frames[-40:]


def text_of(value):
    try:
        return str(value)[:2000]
    except Exception:
        return ""


def failure_of(error, depth=0):
    cause = error.__cause__
    if cause is None and not error.__suppress_context__:
        cause = error.__context__
    failure = {
        "type": type(error).__name__,
        "kinds": [kind.__name__ for kind in type(error).__mro__],
        "message": text_of(error),
        "frames": frames_of(error),
        "explicit": error.__cause__ is not None,
        "missing": None,
        "ofPython": False,
        "path": None,
        "syntax": None,
        "cause": failure_of(cause, depth + 1) if cause is not None and depth < 5 else None,
    }
    if isinstance(error, ModuleNotFoundError) and isinstance(error.name, str):
        failure["missing"] = error.name
        failure["ofPython"] = is_of_python(error.name)
    if isinstance(error, SyntaxError):
        failure["message"] = text_of(error.msg)
        failure["syntax"] = {"file": relative(error.filename), "line": error.lineno or 1, "column": max(1, error.offset or 1)}
    if isinstance(error, OSError) and isinstance(error.filename, str):
        failure["path"] = relative(os.path.join(ROOT, error.filename))
    return failure
`;
