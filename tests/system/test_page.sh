#!/bin/sh
# test_page TEST_REPORT_WHOLE WORK-FOLDER — writes made-up reports (tests/unit/test_report_whole.c), type-checks the page's
# script, and looks at the pages in Debian's Chromium: no error, no request, nothing beyond the edge, light and dark, phone
# to desktop, print.
# The packages lie where `tests/run --install` has put them, build/npm and build/npm-page; nothing is fetched here.
# Exits 77 (skipped) with a word when npm, chromium or the packages are not there.
set -eu
test_report=${1:?usage: test_page TEST_REPORT_WHOLE WORK-FOLDER}
work=${2:?usage: test_page TEST_REPORT_WHOLE WORK-FOLDER}
root=$(cd "$(dirname "$0")/../.." && pwd)
skip() { echo "test_page: skipped: $*"; exit 77; }

command -v node >/dev/null || skip "there is no node"
chromium=$(command -v chromium) || skip "there is no chromium"
use() { # use FETCHED LOCK FOLDER: FETCHED's packages for FOLDER, if they are those of LOCK
    [ "$(cat "$1/.fetched" 2>/dev/null || true)" = "$(cksum <"$2")" ] || skip "run tests/run --install: $1 lacks the packages"
    rm -rf "$3"
    mkdir -p "$3"
    ln -s "$1/node_modules" "$3/node_modules"
}
mkdir -p "$work/pages" "$work/shots"
work=$(cd "$work" && pwd)
use "$root/build/npm-page" "$root/tests/system/page/package-lock.json" "$work/npm"
use "$root/build/npm" "$root/tools/report/web/package-lock.json" "$work/charts"

cp "$root"/tools/report/web/*.ts "$root/tools/report/web/tsconfig.json" "$work/charts"
(cd "$work/charts" && node_modules/.bin/tsc --noEmit)

PLUMBLINE_PAGES=$work/pages "$test_report" >"$work/test_report.log" 2>&1 || { cat "$work/test_report.log"; exit 1; }
grep -q 'id="report"' "$work/pages/day.html" || skip "this build has no charts (PLUMBLINE_CHARTS)"
cp "$root/tests/system/page/look.mjs" "$root/tests/system/page/package.json" "$work/npm"
node "$work/npm/look.mjs" "$chromium" "$work/pages" "$work/shots"
