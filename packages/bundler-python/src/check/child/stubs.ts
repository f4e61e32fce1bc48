/**
 * Python: empty modules for what the runtime or a layer has and this machine need not have. They come last: what is in the package
 * is taken from there. Whatever is done with one gives another; a function that one decorates stays itself.
 */
export const STUBS: string = `
stubbed = []


class StubType(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return stub_for(name)

    def __iter__(cls):
        return iter(())

    def __getitem__(cls, key):
        return cls


class Stub(metaclass=StubType):
    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return stub_for(name)

    def __call__(self, *args, **kwargs):
        is_decorated = len(args) == 1 and not kwargs and isinstance(args[0], (type(main), type))
        return args[0] if is_decorated else Stub()

    def __iter__(self):
        return iter(())

    def __getitem__(self, key):
        return Stub()

    def __setitem__(self, key, value):
        pass

    def __len__(self):
        return 0

    def __bool__(self):
        return True

    def __contains__(self, key):
        return False

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False

    def __str__(self):
        return "placeholder"

    def __int__(self):
        return 1

    def __float__(self):
        return 1.0

    def __hash__(self):
        return 1

    def __await__(self):
        return iter(())

    def __fspath__(self):
        return "placeholder"

    def same(self, *args):
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __mod__ = same
    __or__ = __ror__ = __and__ = __rand__ = __invert__ = __neg__ = __aenter__ = same


del Stub.same


class StubErrors(Stub):
    """As the exceptions of a client, which have any name."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return error_for(name)


def error_for(name):
    return type(name, (Exception,), {"response": {"Error": {}}})


def stub_for(name):
    if name in ("exceptions", "errors"):
        return StubErrors()
    if re.search(r"(Error|Exception|Exceeded|Fault|Failure|NotFound)$", name):
        return error_for(name)
    return type(name, (Stub,), {}) if name[:1].isupper() else Stub()


class StubModule(type(sys)):
    def __getattr__(self, name):
        if name in ("__version__", "VERSION"):
            return "1.99.0"
        if name.startswith("__"):
            raise AttributeError(name)
        is_error = name[:1].isupper() and self.__name__.rpartition(".")[2] in ("exceptions", "errors")
        value = error_for(name) if is_error else stub_for(name)
        setattr(self, name, value)
        return value


def stands_in(name):
    parts = name.split(".")
    is_part = any(".".join(parts[:count]) in STANDINS for count in range(1, len(parts) + 1))
    return is_part or any(each.startswith(name + ".") for each in STANDINS)


class StubFinder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if not stands_in(name.lower()):
            return None
        # Of a package in the zip, a part that it lacks is missing.
        top, _, part = name.partition(".")
        if part and top.lower() in STANDINS and not isinstance(sys.modules.get(top), StubModule):
            return None
        if top not in stubbed:
            stubbed.append(top)
        return importlib.machinery.ModuleSpec(name, StubFinder, is_package=True)

    @staticmethod
    def create_module(spec):
        return StubModule(spec.name)

    @staticmethod
    def exec_module(module):
        pass
`;
