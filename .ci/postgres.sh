#!/bin/sh
# Starts a PostgreSQL server with an empty database on 127.0.0.1 at port $1 and prints its URL on the first line. It ends,
# and its files are removed, when its standard input closes. As root it installs the Debian package if need be.
set -eu
port=${1:?usage: postgres.sh PORT}
found() { for d in /usr/lib/postgresql/*/bin; do [ -x "$d/initdb" ] && echo "$d"; done | tail -1; }
bin=$(found)
if [ -z "$bin" ]; then
	[ "$(id -u)" = 0 ] || { echo "postgres: install the package postgresql first" >&2; exit 3; }
	export DEBIAN_FRONTEND=noninteractive
	{ apt-get update -qq && apt-get install -y -qq postgresql; } </dev/null >&2 || { echo "postgres: apt-get cannot install the package postgresql" >&2; exit 3; }
	bin=$(found)
fi
dir=$(mktemp -d)
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then # PostgreSQL does not run as root
	chown postgres "$dir"
	as() { (cd / && runuser -u postgres -- "$@"); }
fi
stop() { as "$bin/pg_ctl" -D "$dir/data" -m immediate -s stop >&2 || true; rm -rf "$dir"; }
trap stop EXIT
trap 'exit 1' INT TERM HUP # or the trap before is not heard
password=$(od -An -tx8 -N16 /dev/urandom | tr -d ' ')
(umask 077 && echo "$password" >"$dir/password" && { [ "$(id -u)" != 0 ] || chown postgres "$dir/password"; })
as "$bin/initdb" -D "$dir/data" -U portalbench -A scram-sha-256 --pwfile="$dir/password" --no-sync >/dev/null
as "$bin/pg_ctl" -D "$dir/data" -s -w -l "$dir/log" -o "-h 127.0.0.1 -p $port -k '' -c max_connections=200" start >&2
as env PGPASSWORD="$password" "$bin/createdb" -h 127.0.0.1 -p "$port" -U portalbench portalbench
echo "postgres://portalbench:$password@127.0.0.1:$port/portalbench"
cat >/dev/null
