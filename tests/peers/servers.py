"""Postfix, Exim and OpenSMTPD as Debian packages them: each on a free port of loopback, with a configuration of one test.

All take mail for example.org, offer STARTTLS with the test's certificate for `localhost` (OpenSMTPD 6.8, which Debian 12 has,
offers it and fails: it does not go with OpenSSL 3), refuse `refused@`, put off `later@`,
and write every copy they deliver into one maildir. What a test wants otherwise it says in the server's own language (`more`).
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from typing import TYPE_CHECKING

from tests.environment import free_port
from tests.peers import certificates, debian

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.peers.certificates import Certificate

PACKAGES = ("postfix", "exim4-daemon-light", "opensmtpd")
REFUSED, LATER = "refused@example.org", "later@example.org"
UNWANTED = {REFUSED, LATER}
NAME, PASSWORD = "ula", "hunter2"
MAILDIR = "/var/mail/all"
OWNER = "readers"


@dataclass(frozen=True)
class MailServer:
    """A running server."""

    port: int
    root: Path
    certificate: Certificate

    def url(self, *, login: bool = False, **options: object) -> str:
        """As it stands in SMTP_URL; in the clear unless `tls` says otherwise."""
        facts = {"tls": "none", "ca_file": self.certificate.authority} | options
        who = f"{NAME}:{PASSWORD}@" if login else ""
        return f"smtp://{who}localhost:{self.port}?" + "&".join(f"{key}={word}" for key, word in facts.items())

    def delivered(self) -> list[bytes]:
        """The bytes of every copy, as the server wrote it."""
        return [file.read_bytes() for file in sorted(self._maildir.iterdir())]

    def copies(self) -> Counter[str]:
        """How many copies were delivered to whom (by To)."""
        return Counter(str(message_from_bytes(each)["To"]) for each in self.delivered())

    def wait_for(self, number: int, *, seconds: float = 90) -> None:
        """Until it has delivered so many."""
        end = time.monotonic() + seconds
        while (there := len(list(self._maildir.iterdir()))) < number:
            assert time.monotonic() < end, f"{there} of {number} copies after {seconds} seconds:\n{self.log()[-5000:]}"
            time.sleep(0.1)

    def log(self) -> str:
        """What it wrote into its logs."""
        logs = debian.inside(self.root, "/var/log").rglob("*.log")
        return "".join(file.read_text(errors="replace") for file in logs)

    @property
    def _maildir(self) -> Path:
        return debian.inside(self.root, f"{MAILDIR}/new")


@contextlib.contextmanager
def running(name: str, folder: Path, *, more: str = "") -> Iterator[MailServer]:
    """The server `name` (a key of SERVERS), answering when this yields; gone afterwards, with all it took."""
    debian.unpack(PACKAGES)
    certificate, port = certificates.make(folder, name="localhost"), free_port()
    with debian.a_root() as root:
        server = MailServer(port, root, certificate)
        debian.write(root, "/etc/tls/chain.pem", certificate.chain.read_text())
        debian.write(root, "/etc/tls/key.pem", certificate.key.read_text(), mode=0o640, group="Debian-exim")
        debian.folder(root, "/var/log", mode=0o1777)
        for part in ("", "new", "cur", "tmp"):
            debian.folder(root, f"{MAILDIR}/{part}", OWNER, OWNER)
        with debian.started(root, SERVERS[name](root, port, more), log="/var/log/said.log") as process:
            _wait_until_it_greets(server, process)
            yield server


def _wait_until_it_greets(server: MailServer, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 10) as caller:
            if caller.recv(512).startswith(b"220"):
                caller.sendall(b"QUIT\r\n")
                return
        assert process.poll() is None, f"it did not start:\n{server.log()}"
        assert time.monotonic() < end, f"it does not answer:\n{server.log()}"
        time.sleep(0.05)


# ── Postfix ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _postfix(root: Path, port: int, more: str) -> list[str]:
    debian.write(root, "/etc/postfix/refused", f"{REFUSED} 550 5.1.1 nobody here\n{LATER} 451 4.3.0 come back later\n")
    debian.write(root, "/etc/postfix/main.cf", POSTFIX.format(uid=debian.account(OWNER)) + more + "\n")
    debian.write(root, "/etc/postfix/master.cf", POSTFIX_PROCESSES.format(port=port))
    for part in POSTFIX_OWN:
        debian.folder(root, f"/var/spool/postfix/{part}", "postfix", mode=0o700)
    debian.folder(root, "/var/spool/postfix/maildrop", "postfix", "postdrop", mode=0o730)
    debian.folder(root, "/var/spool/postfix/public", "postfix", "postdrop", mode=0o710)
    debian.folder(root, "/var/spool/postfix/pid")
    debian.folder(root, "/var/lib/postfix", "postfix", "postfix")
    return ["/usr/lib/postfix/sbin/master", "-s", "-c", "/etc/postfix"]


POSTFIX_OWN = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "trace")
POSTFIX = """
compatibility_level = 3.6
maillog_file = /var/log/postfix.log
myhostname = localhost
mydestination =
mynetworks =
alias_maps =
alias_database =
setgid_group = postdrop
smtpd_client_event_limit_exceptions =
virtual_mailbox_domains = example.org
virtual_mailbox_base = /
virtual_mailbox_maps = static:var/mail/all/
virtual_mailbox_limit = 0
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{uid}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access texthash:/etc/postfix/refused
smtpd_tls_security_level = may
smtpd_tls_chain_files = /etc/tls/key.pem, /etc/tls/chain.pem
"""
POSTFIX_PROCESSES = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
tlsmgr unix - - n 1000? 1 tlsmgr
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
error unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


# ── Exim ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _exim(root: Path, port: int, more: str) -> list[str]:
    """It refuses to hear an option twice, so what `more` says is not said before."""
    said = {line.partition("=")[0].strip() for line in more.splitlines()}
    usual = [line for line in EXIM.splitlines() if line.partition("=")[0].strip() not in said]
    debian.write(root, "/etc/exim4/exim4.conf", "\n".join([*usual, more, EXIM_RULES]))
    debian.folder(root, "/var/spool/exim4", "Debian-exim", "Debian-exim", mode=0o750)
    return ["/usr/sbin/exim4", "-bdf", "-q1m", "-oX", f"127.0.0.1:{port}"]


EXIM = """
primary_hostname = localhost
host_lookup =
log_file_path = /var/log/exim.%s.log
keep_environment =
rfc1413_query_timeout = 0s
tls_advertise_hosts = *
tls_certificate = /etc/tls/chain.pem
tls_privatekey = /etc/tls/key.pem
chunking_advertise_hosts = *
pipelining_advertise_hosts = *
smtputf8_advertise_hosts = *
dsn_advertise_hosts = *
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
smtp_accept_queue_per_connection = 0
"""
EXIM_RULES = f"""
begin acl
rcpt:
  deny    recipients = {REFUSED}
          message = 5.1.1 nobody here
  defer   recipients = {LATER}
          message = 4.3.0 come back later
  accept  domains = example.org
  deny    message = relay not permitted
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = {MAILDIR}
  maildir_format
  user = {OWNER}
  group = {OWNER}
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if and {{{{eq{{$auth2}}{{{NAME}}}}}{{eq{{$auth3}}{{{PASSWORD}}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = ${{if and {{{{eq{{$auth1}}{{{NAME}}}}}{{eq{{$auth2}}{{{PASSWORD}}}}}}}}}
  server_set_id = $auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${{if eq{{$auth1}}{{{NAME}}}{{{PASSWORD}}}fail}}
  server_set_id = $auth1
"""


# ── OpenSMTPD ────────────────────────────────────────────────────────────────────────────────────────────────────────
def _opensmtpd(root: Path, port: int, more: str) -> list[str]:
    debian.write(root, "/etc/smtpd.conf", more + "\n" + OPENSMTPD.format(port=port))
    debian.write(root, "/etc/mailname", "localhost\n")
    debian.folder(root, "/var/lib/opensmtpd/empty")
    debian.folder(root, "/var/spool/smtpd", mode=0o711)
    return ["/usr/sbin/smtpd", "-d", "-v"]


OPENSMTPD = f"""
pki localhost cert "/etc/tls/chain.pem"
pki localhost key "/etc/tls/key.pem"
table readers {{{{ "@" = "{OWNER}" }}}}
filter refused phase rcpt-to match rcpt-to {{{{ "{REFUSED}" }}}} reject "550 5.1.1 nobody here"
filter later phase rcpt-to match rcpt-to {{{{ "{LATER}" }}}} reject "451 4.3.0 come back later"
filter both chain {{{{ refused, later }}}}
listen on 127.0.0.1 port {{port}} tls pki localhost filter both
action deliver maildir "{MAILDIR}" virtual <readers>
match from any for domain "example.org" action deliver
"""
SERVERS: dict[str, Callable[[Path, int, str], list[str]]] = {
    "postfix": _postfix,
    "exim": _exim,
    "opensmtpd": _opensmtpd,
}
