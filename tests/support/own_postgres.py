"""A PostgreSQL beside the checkout's own, for programs that move its clock or kill it."""

import contextlib
import shutil
import subprocess

from campus_cli import pg_embedded, process
from campus_cli import postgres as postgres_cli


class OwnPostgres(pg_embedded.Embedded):
    """``place`` names its folders; ``settings`` are in place of the checkout's."""

    def __init__(self, place, **settings):
        super().__init__()
        self.settings = {**pg_embedded.SETTINGS, **settings}
        self.data, self.log = self.home / f"pg-{place}", self.home / f"pg-{place}.log"
        self.socket_folder = self.socket_folder.with_name(f"{self.socket_folder.name}-{place}")

    def delete(self):
        """Stop it and remove its data; what the checkout's own server has stays."""
        self.stop()
        for folder in (self.data, self.socket_folder):
            shutil.rmtree(folder, ignore_errors=True)


def _take_over(source, postgres):
    """The files of the checkout's own server, while it runs: seconds where a dump takes a minute."""
    half = postgres.data.with_name(f"{postgres.data.name}.new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    command = [source.program("pg_basebackup"), "-D", half, "-c", "fast", "-X", "stream", "--no-sync"]
    process.run([str(part) for part in command], f"{postgres.data.name}-copy", source.env(), cwd="/")
    if postgres.system_user:
        process.run(["chown", "-R", postgres.system_user, str(half)], f"{postgres.data.name}-copy", cwd="/")
    half.rename(postgres.data)


def _dump(source, target, old, name):
    """A dump of the database ``old`` of somebody else's server, read where it is called ``name``."""
    dump = [source.program("pg_dump"), "-Fc", "-Z0", old]
    restore = [target.program("pg_restore"), "--no-owner", "-d", name]
    target.query(f'CREATE DATABASE "{name}"')
    with subprocess.Popen(dump, env=process.clean_env(source.env()), stdout=subprocess.PIPE) as dumping:
        subprocess.run(
            restore,
            env=process.clean_env(target.env()),
            stdin=dumping.stdout,
            check=True,
            capture_output=True,
        )
    if dumping.returncode:
        raise RuntimeError(f"pg_dump ended with {dumping.returncode}")
    target.query("ANALYZE", name)


@contextlib.contextmanager
def copied_postgres(postgres, source, old, name):
    """Run ``postgres`` with ``old`` of the server ``source``, called ``name``; it is deleted at the end."""
    postgres.delete()
    try:
        if source.embedded:
            _take_over(source, postgres)
        postgres.start()
        server = postgres_cli.of(postgres)
        if source.embedded:
            server.query(f'ALTER DATABASE "{old}" RENAME TO "{name}"')
        else:
            _dump(source, server, old, name)
        yield server
    finally:
        postgres.delete()
