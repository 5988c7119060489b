#!/bin/sh
# Starts a HAPI FHIR JPA server (R4, H2 in memory) on 127.0.0.1 at port $1, or at a free one, and prints its base address
# on the first line. It ends when its standard input closes. Needs Java 17 or later and Maven, which it installs as root,
# and gets the rest from Maven Central. Exit code 3: something could not be installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
built=${PORTALBENCH_HAPI:-${XDG_CACHE_HOME:-$HOME/.cache}/portalbench/hapi}
lacks() { echo "hapi: $1" >&2; exit 3; }
if ! command -v mvn >/dev/null || ! command -v javac >/dev/null; then
	[ "$(id -u)" = 0 ] || lacks "install Maven and Java 17 first"
	export DEBIAN_FRONTEND=noninteractive
	{
		apt-get update -qq && { apt-get install -y -qq maven openjdk-17-jdk-headless || apt-get install -y -qq maven default-jdk-headless; }
	} </dev/null >&2 || lacks "apt-get cannot install Maven and Java 17"
fi
if ! cmp -s "$here/src/main/java/Hapi.java" "$built/Hapi.java" || ! cmp -s "$here/pom.xml" "$built/pom.xml"; then
	rm -rf "$built" && mkdir -p "$built/classes"
	mvn -q -B -Dstyle.color=never -f "$here/pom.xml" dependency:build-classpath -Dmdep.outputFile="$built/classpath" </dev/null >&2 ||
		lacks "Maven cannot get the server"
	javac -nowarn -d "$built/classes" -cp "$(cat "$built/classpath")" "$here/src/main/java/Hapi.java" >&2
	cp "$here/src/main/java/Hapi.java" "$here/pom.xml" "$built"
fi
exec java -Xmx1500m -cp "$built/classes:$(cat "$built/classpath")" Hapi "${1:-0}"
