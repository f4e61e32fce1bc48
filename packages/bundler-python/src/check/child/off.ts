/**
 * Python: whatever reaches out of the process is refused, by audit hooks (PEP 578): those see the calls of C code of the standard
 * library, too. Machine code with sockets of its own is not seen.
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


def audit(event, arguments):
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
