"""How gunicorn serves the site. Every value comes from the environment, see docs/operating.md."""

import os
import signal

from config import environment, private_files

os.umask(private_files.PRIVATE_UMASK)  # the access log is opened before the settings are read

bind = "{}:{}".format(*environment.get_bind_address())
workers = environment.get_number("WEB_CONCURRENCY", 2, at_least=1)
threads = environment.get_number("WEB_THREADS", 4, at_least=1)
worker_class = "gthread"
preload_app = True  # wrong settings are refused once, in one line, and workers share the loaded code
max_requests = 10_000  # a worker is replaced before a slow leak of memory could matter
max_requests_jitter = 1_000
graceful_timeout = 10  # seconds
keepalive = 5  # seconds
control_socket_disable = True  # not used here, and two sites would share one socket
# By default gunicorn trusts every connection from this machine as a proxy, and would believe its headers that
# http is https, or that the site is below another path. Only Django trusts a proxy, if TRUST_PROXY says there is one.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
accesslog = environment.get_text("ACCESS_LOG") or None


def post_worker_init(_worker: object) -> None:
    """Let only the master process end the workers.

    Ctrl-C in a terminal also reaches the workers directly, and a second signal while a worker is ending
    can leave it waiting for its own lock.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
