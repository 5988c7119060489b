#!/bin/sh
# Starts a HAPI FHIR JPA server (R4, H2 in memory) on 127.0.0.1 at port $1, or at a free one, and prints its base address
# on the first line. It ends when its standard input closes. Needs Java 17 and Maven, and gets the rest from Maven Central.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
built=${PORTALBENCH_HAPI:-${XDG_CACHE_HOME:-$HOME/.cache}/portalbench/hapi}
if ! command -v mvn >/dev/null; then
	[ "$(id -u)" = 0 ] || { echo "hapi: install Maven and Java 17 first" >&2; exit 3; }
	apt-get update -qq >&2 && apt-get install -y -qq maven openjdk-17-jdk-headless >&2
fi
if ! cmp -s "$here/src/main/java/Hapi.java" "$built/Hapi.java" || ! cmp -s "$here/pom.xml" "$built/pom.xml"; then
	rm -rf "$built" && mkdir -p "$built"
	mvn -q -B -f "$here/pom.xml" -DbuildDirectory="$built/target" compile dependency:build-classpath -Dmdep.outputFile="$built/classpath" >&2
	cp "$here/src/main/java/Hapi.java" "$here/pom.xml" "$built"
fi
exec java -Xmx1500m -cp "$built/target/classes:$(cat "$built/classpath")" Hapi "${1:-0}"
