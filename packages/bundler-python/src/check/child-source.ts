import { ENVIRONMENT } from "./child/environment.ts";
import { FAILURE } from "./child/failure.ts";
import { MAIN } from "./child/main.ts";
import { OFF } from "./child/off.ts";
import { STUBS } from "./child/stubs.ts";

/** Descriptor of the answers' own channel: what the module prints goes nowhere. */
export const CHANNEL = 3;

/** Seconds after which a child whose parent is gone ends by itself. */
const ORPHANED_AFTER = 180;

/** Bound before the module under check can replace anything. */
const START = String.raw`
import errno, faulthandler, importlib, importlib.machinery, json, os, re, sys

JOB = json.loads(sys.stdin.buffer.read().decode("utf-8"))
ROOT, OPT, OWN, PLACEHOLDERS = JOB["root"], JOB["layers"], set(JOB["own"]), JOB["placeholders"]
STANDINS, HOME = set(JOB["standIns"]), os.environ.get("HOME")
write, dumps, leave = os.write, json.dumps, os._exit
faulthandler.dump_traceback_later(${ORPHANED_AFTER}, exit=True)


def tell(type, **values):
    line = (JOB["token"] + " " + dumps(dict(values, type=type)) + "\n").encode("ascii")
    while line:
        line = line[write(${CHANNEL}, line):]
`;

/**
 * The Python that loads a handler, for 3.8 and later: a text, so that it is where Sluice is, however that was bundled. It reads a
 * {@link Job} from its standard input and answers in lines of JSON on descriptor 3, each behind the job's token.
 */
export const CHILD_SOURCE: string = [START, FAILURE, ENVIRONMENT, OFF, STUBS, MAIN].join("\n");
