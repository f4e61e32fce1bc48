/**
 * Python: an environment that notes which variables are missed in it, and may make them up: those that code insists on, and those
 * that own code asks for without a default.
 */
export const ENVIRONMENT: string = `
missed = []

# What Python and widespread libraries ask for, and do without.
SWITCHES = re.compile(
    r"^(PYTHON|LC_|XDG_|OTEL_|POWERTOOLS_|_|AWS_SDK_|AWS_XRAY_|DD_|NEW_RELIC_|LOGURU_|"
    r"(COLUMNS|LINES|TERM|NO_COLOR|FORCE_COLOR|CI|LANGUAGE|USER|LOGNAME|DISPLAY|VIRTUAL_ENV|CONDA_PREFIX|EDITOR|SHELL|PWD)$)"
)
BY_NAME = [
    (r"ARN$", "arn:aws:lambda:us-east-1:123456789012:function:placeholder"),
    (r"REGION$", "us-east-1"),
    (r"ACCOUNT(_?ID)?$", "123456789012"),
    (r"EMAIL|SENDER", "placeholder@localhost.invalid"),
    (r"UR[IL]S?$|ENDPOINT|ORIGIN|WEBHOOK|ISSUER", "https://localhost.invalid"),
    (r"HOST(NAME)?$|DOMAIN", "localhost.invalid"),
    (r"PORT$|TIMEOUT|COUNT|SIZE|LIMIT|_?M(AX|IN)(_|$)|TTL|_MS$|SECONDS|MINUTES|RATE|RETRIES|CONCURRENCY|DAYS|HOURS", "49151"),
    (r"^(IS|USE|ENABLE|DISABLE|ALLOW|SKIP)_|ENABLED$|DISABLED$|FLAG$|VERBOSE", "true"),
    (r"LOG_?LEVEL", "INFO"),
]


def made_up(key):
    if PLACEHOLDERS == "none":
        return None
    if PLACEHOLDERS != "named":
        return PLACEHOLDERS
    for pattern, value in BY_NAME:
        if re.search(pattern, key, re.I):
            return value
    return "placeholder"


def miss(key):
    if not isinstance(key, str) or SWITCHES.match(key):
        return None
    # The last one read stands last.
    if key in missed:
        missed.remove(key)
    if len(missed) < 500:
        missed.append(key)
    return made_up(key)


def is_own(frame):
    return relative(frame.f_code.co_filename) in OWN


class Environment(type(os.environ)):
    def __getitem__(self, key):
        try:
            return super().__getitem__(key)
        except KeyError:
            value = miss(key)
            if value is None:
                raise
            return value

    def get(self, key, default=None):
        if key in self:
            return super().__getitem__(key)
        frame = sys._getframe(1)
        # os.getenv() comes by here.
        if frame.f_globals is os.__dict__ and frame.f_back is not None:
            frame = frame.f_back
        if default is None and is_own(frame):
            return miss(key)
        return default

    def __contains__(self, key):
        try:
            return self.encodekey(key) in self._data
        except TypeError:
            return False

    def pop(self, key, *default):
        if key not in self and not default:
            raise KeyError(key)
        return super().pop(key) if key in self else default[0]
`;
