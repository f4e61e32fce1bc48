/**
 * Python: whatever reaches out of the process is refused, and what writes where Lambda has a read-only file system, by audit hooks
 * (PEP 578): those see the calls of C code of the standard library, too. Machine code with system calls of its own is not seen.
 */
export const OFF: string = `
class NetworkOff(ConnectionRefusedError):
    """Sluice's check has no network."""


class ProcessesOff(PermissionError):
    """Sluice's check starts no other programs."""


off = []
CONNECTS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
STARTS = {
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty",
    "os.startfile", "pty.spawn",
}


def address_of(address):
    if isinstance(address, tuple) and len(address) > 1:
        return "%s:%s" % (address[0], address[1])
    return address.decode("utf-8", "replace") if isinstance(address, bytes) else str(address)


def is_number(host):
    """An address in figures needs no look-up."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return not isinstance(text, str) or re.match(r"[\\d.]*$|[\\da-fA-F:]*:[\\da-fA-F:.]*$", text) is not None


def note_off(what):
    if what not in off and len(off) < 20:
        off.append(what)
        tell("off", what=what)


def refuse_write(path, is_from_here):
    """The package, the layers and the home folder cannot be written to in Lambda."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        return
    if not is_from_here and not os.path.isabs(path):
        return
    place = os.path.abspath(os.fsdecode(path))
    # Python's own compiled files are what the check keeps.
    if "__pycache__" not in place and any(is_below(place, folder) for folder in (ROOT, OPT, HOME)):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), os.fsdecode(path))


def is_below(place, folder):
    return bool(folder) and (place + os.sep).startswith(folder + os.sep)


def audit(event, arguments):
    if event == "open":
        if arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            # os.open() has no mode; its path may start at a descriptor.
            refuse_write(arguments[0], arguments[1] is not None)
        return
    if event == "os.mkdir":
        refuse_write(arguments[0], arguments[2] == -1)
        return
    if event in CONNECTS:
        # On Windows, a pair of sockets is made by connecting to oneself, as every event loop does.
        if sys._getframe(1).f_code.co_name in ("socketpair", "_fallback_socketpair"):
            return
        what = "connect to " + address_of(arguments[1])
        note_off(what)
        raise NetworkOff("the network is off in the import check: " + what)
    if event in LOOKUPS and not is_number(arguments[0]):
        what = "look up " + address_of(arguments[0])
        note_off(what)
        import socket
        raise socket.gaierror(socket.EAI_FAIL, "the network is off in the import check: " + what)
    if event in STARTS:
        named = arguments[0] if arguments else None
        what = "start a process" if named is None else "start " + address_of(named)
        note_off(what)
        raise ProcessesOff(1, "processes are off in the import check: " + what)
`;
