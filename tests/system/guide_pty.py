"""Runs `plumbline routine --start` on a pseudo terminal and plays a script of "wait for these words, then press that".
usage: guide_pty.py ROWS COLUMNS COMMAND… -- WORDS KEYS [WORDS KEYS…]   (KEYS: as typed; ^TERM, ^HUP, ^TSTP, ^INT; or !COMMAND)
Prints the last picture before each key, what was left on the ordinary screen, and how the terminal was left."""
import fcntl, os, pty, re, select, signal, struct, sys, termios, time

PATIENCE_S = 120
rows, columns = int(sys.argv[1]), int(sys.argv[2])
cut = sys.argv.index("--")
command, script = sys.argv[3:cut], sys.argv[cut + 1:]


def settings(fd):
    s = termios.tcgetattr(fd)
    return s[:6] + [s[6][:]]


def last_picture(heard):
    text = heard.decode("utf-8", "replace").split("\x1b[H")[-1]
    return re.sub(r"\x1b\[[0-9?]*[A-Za-z]", "", text).replace("\r", "").replace("\a", "")


master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
before = settings(slave)
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in range(3):
        os.dup2(slave, fd)
    os.execv(command[0], command)
heard = b""


def hear(until, deadline):
    """More of what the child writes, until a picture has the words; false at its end."""
    global heard
    while time.monotonic() < deadline:
        if until and until in last_picture(heard):
            return True
        if select.select([master], [], [], 0.1)[0]:
            heard += os.read(master, 65536)
        elif os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return False
    sys.exit("never seen: %r in\n%s" % (until, last_picture(heard)))


for words, keys in zip(script[::2], script[1::2]):
    if not hear(words, time.monotonic() + PATIENCE_S):
        sys.exit("ended before %r:\n%s" % (words, last_picture(heard)))
    picture = last_picture(heard)
    wide = [line for line in picture.split("\n") if len(line) >= columns]
    if wide or picture.count("\n") >= rows:
        sys.exit("does not fit %d x %d:\n%s" % (columns, rows, picture))
    print("=== %s\n%s" % (words, picture))
    if keys == "^TSTP":
        os.kill(child, signal.SIGTSTP)
        os.waitid(os.P_PID, child, os.WSTOPPED)
        while select.select([master], [], [], 0)[0]:
            heard += os.read(master, 65536)
        print("=== stopped: terminal %s" % ("as before" if settings(slave) == before else "CHANGED"))
        os.kill(child, signal.SIGCONT)
    elif keys.startswith("!"):
        if os.system(keys[1:]):
            sys.exit("failed: " + keys[1:])
    elif keys.startswith("^"):
        os.kill(child, getattr(signal, "SIG" + keys[1:]))
    else:
        os.write(master, keys.encode())
    heard += b"\x1b[H"  # what comes is of the next picture
hear(None, time.monotonic() + PATIENCE_S)
_, status = os.waitpid(child, 0)
while select.select([master], [], [], 0)[0]:
    heard += os.read(master, 65536)
print("=== after\n" + re.sub(r"\x1b\[[0-9?]*[A-Za-z]", "", heard.decode().split("\x1b[?1049l")[-1]).replace("\r", ""))
print("taken %d, given back %d, bells %d" % (heard.count(b"\x1b[?1049h"), heard.count(b"\x1b[?1049l"), heard.count(b"\a")))
print("terminal %s" % ("as before" if settings(slave) == before else "CHANGED"))
print("status", -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
