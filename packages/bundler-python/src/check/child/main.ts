/**
 * Python: loads the handler as the runtime's bootstrap does (`_get_handler` of aws-lambda-python-runtime-interface-client), and
 * compiles the own files that loading did not come by.
 */
export const MAIN: string = `
ABSENT = object()


def callables_of(module):
    found = [(name, value) for name, value in list(vars(module).items()) if callable(value) and not name.startswith("_")]
    functions = [each for each in found if not isinstance(each[1], (type, Stub))]
    own = [each for each in functions if getattr(each[1], "__module__", None) == module.__name__]
    return sorted(name for name, _ in own or functions)[:100]


def missing_in(module, name):
    file = getattr(module, "__file__", None)
    return {
        "kind": "missing", "name": name, "module": module.__name__, "callables": callables_of(module),
        "file": relative(file), "ofPython": isinstance(file, str) and relative(file) is None,
    }


def missing_in_entry(error, module_name):
    """The package's handler module may only pass on a name of the entry: then that is where it is missing."""
    frames = frames_of(error)
    named = re.match(r"cannot import name '([^']+)'", str(error))
    entry = sys.modules.get(error.name or "")
    path = module_name.replace(".", "/")
    is_passed_on = frames and frames[-1]["file"] in (path + ".py", path + "/__init__.py") and frames[-1]["file"] not in OWN
    if named is None or entry is None or not is_passed_on or relative(getattr(entry, "__file__", None)) not in OWN:
        return None
    return missing_in(entry, named.group(1))


def load(handler):
    path, dot, name = handler.rpartition(".")
    if not dot:
        return {"kind": "malformed"}
    if path.split(".")[0] in sys.builtin_module_names:
        return {"kind": "builtin", "module": path}
    module_name = path.replace("/", ".")
    try:
        module = importlib.import_module(module_name)
    except SystemExit as error:
        return {"kind": "exit", "code": text_of(error.code)}
    except BaseException as error:
        missing = missing_in_entry(error, module_name) if type(error) is ImportError else None
        return missing or {"kind": "failed", "failure": failure_of(error)}
    value = getattr(module, name, ABSENT)
    if value is ABSENT:
        return missing_in(module, name)
    if not callable(value):
        return {"kind": "value", "found": type(value).__name__}
    return {"kind": "function"}


def syntax_of(files):
    """Failures of files that do not compile; what was imported did."""
    loaded = {relative(getattr(module, "__file__", None)) for module in list(sys.modules.values())}
    failures = []
    for file in files:
        path = os.path.join(ROOT, *file.split("/"))
        if file in loaded or not file.endswith(".py"):
            continue
        with open(path, "rb") as stream:
            source = stream.read()
        try:
            compile(source, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            failure = failure_of(error)
            if failure["syntax"] is None or failure["syntax"]["file"] is None:
                # Python does not say where a null byte is.
                line = source.count(b"\\n", 0, source.find(b"\\0") + 1) + 1
                failure["syntax"] = {"file": file, "line": line, "column": 1}
            failures.append(failure)
        except (RecursionError, MemoryError):
            pass
    return failures


def main():
    import logging, time, traceback  # As the bootstrap has, so that they hide files of the same names here, too.
    sys.argv = ["/var/runtime/bootstrap.py"]
    layers = ["python/lib/python3.%d/site-packages" % sys.version_info[1], "python"] if OPT else []
    sys.path[:0] = [ROOT] + [os.path.join(OPT, *layer.split("/")) for layer in layers]
    tell("started")
    if JOB["handler"] is None:
        verdict = {"kind": "unloaded"}
    else:
        os.environ.__class__ = Environment
        sys.meta_path.append(StubFinder)
        sys.addaudithook(audit)
        verdict = load(JOB["handler"])
    syntax = syntax_of(JOB["own"])
    tell("verdict", verdict=verdict, syntax=syntax, variables=missed, stubbed=stubbed)
    leave(0)


main()
`;
