"""The servers that are compared, and how each is set up: one core's worth, its caches on.

A server is a row: what it is, how its version is asked for, and a function that writes its
configuration beneath spot.directory and returns the command that serves spot.root on
127.0.0.1:spot.port. Each may hold 15,000 connections, where it can have so many descriptors, and
keeps idle ones for two minutes.
"""

import dataclasses
import os
import pathlib
import re
import resource
import shutil
import subprocess

DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
CONNECTIONS = min(15_000, DESCRIPTORS - 2000)
LIGHTTPD_CONNECTIONS = min(CONNECTIONS, DESCRIPTORS // 2)  # it keeps half for files
SEARCH = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
IS_ROOT = os.geteuid() == 0


@dataclasses.dataclass(frozen=True)
class Spot:
    """Where one server stands."""

    root: pathlib.Path
    directory: pathlib.Path
    port: int
    file: pathlib.Path  # the one that the limit answers with

    @property
    def log(self):
        return self.directory / "access.log"


@dataclasses.dataclass(frozen=True)
class Server:
    name: str
    program: str  # found in PATH, or a path
    package: str  # Debian's
    what: str
    command: object  # function: Spot -> argv
    version: tuple = ("-v",)
    logs: bool = False  # writes spot.log, a line an answer
    holds: int = CONNECTIONS  # connections at once

    def executable(self):
        """Its path, or None where it is not installed."""
        return shutil.which(self.program, path=SEARCH)

    def version_text(self):
        if not self.version:
            return ""
        told = subprocess.run(
            [self.executable(), *self.version], capture_output=True, text=True, check=False
        )
        number = re.search(r"\d+(\.\d+)+", told.stdout + told.stderr)
        return number.group() if number else "unknown"


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


def nginx_command(spot, http):
    user = "user root;" if IS_ROOT else ""
    temporary = "\n".join(
        f"    {kind}_temp_path {spot.directory}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = f"""{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile {CONNECTIONS + 2000};
pid {spot.directory}/pid;
error_log stderr;
events {{ worker_connections {CONNECTIONS}; multi_accept on; }}
http {{
    types {{ text/html html; }}
{temporary}
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 120;
    keepalive_requests 1000000000;
    {http}
    server {{ listen 127.0.0.1:{spot.port} backlog=4096; root {spot.root}; }}
}}
"""
    path = write(spot.directory / "nginx.conf", configuration)
    return ["nginx", "-e", "stderr", "-p", str(spot.directory), "-c", path]


def nginx(spot):
    cache = "open_file_cache max=20000 inactive=120s; open_file_cache_valid 30s;"
    return nginx_command(spot, f"access_log off; {cache}")


def nginx_log(spot):
    return nginx_command(spot, f"access_log {spot.log} combined buffer=64k flush=250ms;")


def lighttpd(spot):
    configuration = f"""server.document-root = "{spot.root}"
server.bind = "127.0.0.1"
server.port = {spot.port}
server.max-fds = {min(2 * CONNECTIONS, DESCRIPTORS)}
server.max-connections = {LIGHTTPD_CONNECTIONS}
server.max-keep-alive-requests = 1000000000
server.max-keep-alive-idle = 120
mimetype.assign = (".html" => "text/html")
"""
    return ["lighttpd", "-D", "-f", write(spot.directory / "lighttpd.conf", configuration)]


def h2o(spot):
    user = "user: root\n" if IS_ROOT else ""
    configuration = f"""{user}num-threads: 1
max-connections: {CONNECTIONS}
http1-request-timeout: 120
listen: {{host: 127.0.0.1, port: {spot.port}}}
hosts: {{default: {{paths: {{"/": {{file.dir: "{spot.root}"}}}}}}}}
"""
    return ["h2o", "-c", write(spot.directory / "h2o.conf", configuration)]


def caddy(spot):
    configuration = f"""{{
    admin off
    auto_https off
}}
http://:{spot.port} {{
    bind 127.0.0.1
    root * {spot.root}
    file_server
}}
"""
    path = write(spot.directory / "Caddyfile", configuration)
    return ["caddy", "run", "--config", path, "--adapter", "caddyfile"]


def apache(spot):
    modules = "/usr/lib/apache2/modules"
    account = "User www-data\nGroup www-data" if IS_ROOT else ""
    types = write(spot.directory / "types", "text/html html\n")
    configuration = f"""{account}
ServerRoot {spot.directory}
DefaultRuntimeDir {spot.directory}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule mime_module {modules}/mod_mime.so
Listen 127.0.0.1:{spot.port}
ListenBacklog 4096
ServerName localhost
PidFile {spot.directory}/pid
ErrorLog /dev/stderr
TypesConfig {types}
DocumentRoot {spot.root}
KeepAlive On
KeepAliveTimeout 120
MaxKeepAliveRequests 0
ServerLimit 1
StartServers 1
ThreadLimit 256
ThreadsPerChild 256
MaxRequestWorkers 256
MaxSpareThreads 256
AsyncRequestWorkerFactor {CONNECTIONS // 256 + 1}
EnableSendfile On
<Directory {spot.root}>
    Require all granted
    AllowOverride None
</Directory>
"""
    path = write(spot.directory / "apache.conf", configuration)
    return ["apache2", "-f", path, "-DFOREGROUND"]


PEERS = (
    Server("nginx", "nginx", "nginx-light", "no access log, open_file_cache", nginx),
    Server("nginx-log", "nginx", "nginx-light", "access log, no cache", nginx_log, logs=True),
    Server(
        "lighttpd",
        "lighttpd",
        "lighttpd",
        f"no access log, {LIGHTTPD_CONNECTIONS:,} connections at most here",
        lighttpd,
        holds=LIGHTTPD_CONNECTIONS,
    ),
    Server("h2o", "h2o", "h2o", "no access log", h2o, ("--version",)),
    Server("caddy", "caddy", "caddy", "no access log, GOMAXPROCS=1", caddy, ("version",)),
    Server("apache", "apache2", "apache2", "event, no access log", apache),
)


def stator(binary, arguments=("--arch", "event")):
    """Ours, with its access log on and all else as it comes."""

    def command(spot):
        address = f"127.0.0.1:{spot.port}"
        served = [str(binary), str(spot.root), "--listen", address, *arguments]
        return [*served, "--access-log", str(spot.log), "-q"]

    what = f"access log, default cache, {' '.join(arguments)}"
    return Server("stator", str(binary), "", what, command, ("--version",), logs=True)


def limit(binary):
    """The yardstick; see limit.c."""

    def command(spot):
        return [str(binary), str(spot.port), str(spot.file)]

    return Server("limit", str(binary), "", "a bare epoll loop without HTTP", command, ())
