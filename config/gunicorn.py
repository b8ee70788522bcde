"""How gunicorn serves the site. Every value comes from the environment, see docs/operating.md."""

import os
import signal

from config import environment, private_files

os.umask(private_files.PRIVATE_UMASK)  # the log of requests is opened before the settings are read

bind = "{}:{}".format(*environment.get_bind_address())
workers = environment.get_number("WEB_CONCURRENCY", 2, at_least=1)
threads = environment.get_number("WEB_THREADS", 4, at_least=1)
worker_class = "gthread"
preload_app = True  # settings are refused once, in one line, and workers share what was loaded
max_requests = 10_000  # a worker is replaced before anything it collects could matter
max_requests_jitter = 1_000
graceful_timeout = 10
keepalive = 5
control_socket_disable = True  # nothing here controls a running server, and two sites would share one socket
# A connection from this machine is no proxy by that alone: gunicorn would believe each of them that http is
# https, or that the site lies below another path. Django believes a proxy, if TRUST_PROXY says that there is one.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
accesslog = environment.get_text("ACCESS_LOG") or None


def post_worker_init(_worker: object) -> None:
    """Let workers end by their master's word alone.

    A terminal's Ctrl-C reaches them directly as well, and a second signal in the
    middle of ending can leave a worker waiting for its own lock.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
