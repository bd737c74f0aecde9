#!/bin/sh
# Clean: building and testing leave nothing in the source tree.
# usage: clean.sh [ROOT [BEFORE]]
# Without BEFORE: no products of a build lie in the tree outside build/. With BEFORE, a file that holds what
# `git status --porcelain` said before the build: it says the same now. Exit 77: skipped, ROOT is no git checkout.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case ${2:-} in '' | /*) before=${2:-} ;; *) before=$PWD/$2 ;; esac
cd "${1:-$here/../..}"
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || { echo "clean: skipped, $PWD is no git checkout"; exit 77; }

if [ -n "$before" ]; then
    after=$(mktemp)
    trap 'rm -f "$after"' EXIT
    git status --porcelain > "$after"
    if ! diff "$before" "$after"; then
        echo "clean: the tree changed: write to the build folder, or to mktemp -d"
        exit 1
    fi
    echo "clean: $(wc -l < "$after") lines of git status, as before"
    exit 0
fi

files=$(git ls-files --cached --others -- . ':!build/**' | wc -l)
products=$(git ls-files --cached --others -- . ':!build/**' | grep -E '\.(o|a|so|d|gcda|gcno|profraw|plog|wal|db|pyc|orig|rej)$|(^|/)(node_modules|CMakeFiles|CMakeCache\.txt|compile_commands\.json|core(\.[0-9]+)?|build\.ninja|Testing)(/|$)' || :)
[ -z "$products" ] || { echo "$products" | head -n 20; echo "clean: products of a build: make them in the build folder"; exit 1; }
echo "clean: $files files, none of them a build's"
