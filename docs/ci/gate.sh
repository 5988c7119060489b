#!/usr/bin/env bash
# Builds a portal twice, from the commit that is checked out and from another one, loads both in turn on this machine, and says
# by its exit code whether the one that is checked out is worse. For CI, and just as well by hand, in the portal's repository:
#
#	gate.sh BASE-COMMIT [SCENARIO] [FLAGS OF portalbench gate ab]
#
# It reads from the environment:
#
#	BUILD   the command that builds the portal, given in the folder of either commit (default: make)
#	SERVE   the command that starts it there, prints its address, http://127.0.0.1:..., on its first line, and ends when
#	        it is told to (default: ./serve)
#	AUTH    the file with credentials, in that folder, which SERVE may write (docs/auth.md; default: nobody is asked who they are)
#	OUT     the folder for what is measured, beside OUT.xml (JUnit) and OUT.md (Markdown) (default: portal-gate)
#
# Exit codes are those of portalbench: 0 not worse, or inconclusive, which a warning says; 1 worse; 2 a flag or the commit is
# wrong; 3 a portal could not be built or run; 4 nothing could be measured, which is no pass.
set -euo pipefail

die() {
	echo "gate.sh: $2" >&2
	exit "$1"
}
[ $# -gt 0 ] || die 2 "usage: gate.sh BASE-COMMIT [SCENARIO] [FLAGS OF portalbench gate ab]"
base_commit=$1
shift
: "${BUILD:=make}" "${SERVE:=./serve}" "${AUTH:=}" "${OUT:=portal-gate}"

candidate=$PWD
base=$(mktemp -d)
trap 'git worktree remove --force "$base" 2>/dev/null || rmdir "$base"' EXIT
git worktree add --quiet --detach "$base" "$base_commit" || die 2 "commit $base_commit cannot be checked out: fetch it first"

for folder in "$base" "$candidate"; do
	(cd "$folder" && eval "$BUILD") >&2 || die 3 "BUILD failed in $folder"
done

auth=()
[ -z "$AUTH" ] || auth=(--base-auth "file:$base/$AUTH" --candidate-auth "file:$candidate/$AUTH")
rc=0
portalbench gate ab "$@" ${auth[@]+"${auth[@]}"} --out "$OUT" --junit "$OUT.xml" --markdown "$OUT.md" \
	--base "cd '$base' && exec $SERVE" --candidate "cd '$candidate' && exec $SERVE" || rc=$?

# What people look at first: the summary of the step, where there is one.
[ ! -s "$OUT.md" ] || [ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$OUT.md" >>"$GITHUB_STEP_SUMMARY"
exit "$rc"
