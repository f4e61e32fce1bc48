/**
 * What the runtime's Python runs: reads a line of JSON and a source after another, and answers each with a line that has a size, and the
 * bytes of a `.pyc`; the size is -1 for what is not Python. It runs in Python 3.8 and later, and imports nothing from the folder
 * that it stands in.
 */
export const CHILD_SOURCE = `
import sys
sys.path = [place for place in sys.path if place]
import importlib.util, json, marshal, warnings

warnings.simplefilter("ignore")
given, answers = sys.stdin.buffer, sys.stdout.buffer

# PEP 552: based on a hash (bit 0) that is never checked (bit 1 is not set).
UNCHECKED_HASH = (1).to_bytes(4, "little")


def compiled(source, path):
    try:
        code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, OverflowError, RecursionError):
        return None
    header = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + importlib.util.source_hash(source)
    return header + marshal.dumps(code)


while True:
    line = given.readline()
    if not line:
        break
    task = json.loads(line)
    module = compiled(given.read(task["size"]), task["path"])
    answers.write(b"%d\\n" % (-1 if module is None else len(module)))
    answers.write(module or b"")
answers.flush()
`;
