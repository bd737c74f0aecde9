#!/bin/sh
# Clean: building and testing leave nothing in the source tree.
# usage: clean.sh [ROOT [BEFORE]]
# No products of a build lie in the tree outside build/. With BEFORE, a file that holds what `git status --porcelain -uall`
# said before the build (tests/run writes it, and removes it at its end): nothing has been changed or added since.
# Exit 77: skipped, because ROOT is no git checkout or BEFORE is not there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case ${2:-} in '' | /*) before=${2:-} ;; *) before=$PWD/$2 ;; esac
cd "${1:-$here/../..}"
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || { echo "clean: skipped, $PWD is no git checkout"; exit 77; }

files=$(git ls-files --cached --others -- . ':!build/**' | wc -l)
products=$(git ls-files --cached --others -- . ':!build/**' | grep -E '\.(o|a|so|d|gcda|gcno|profraw|plog|wal|db|pyc|orig|rej)$|(^|/)(node_modules|CMakeFiles|CMakeCache\.txt|compile_commands\.json|core(\.[0-9]+)?|build\.ninja|Testing)(/|$)' || :)
[ -z "$products" ] || { echo "$products" | head -n 20; echo "clean: products of a build: make them in the build folder"; exit 1; }
echo "clean: $files files, none of them a build's"

[ -n "$before" ] || exit 0
[ -e "$before" ] || { echo "clean: skipped: run tests/run; only it knows what was here before the build"; exit 77; }
after=$(mktemp)
trap 'rm -f "$after"' EXIT
git status --porcelain -uall > "$after"
if grep -vxFf "$before" "$after"; then
    echo "clean: these are new since before the build: write to the build folder, or to mktemp -d"
    exit 1
fi
echo "clean: $(wc -l < "$after") lines of git status, none of them new"
