#!/bin/sh
# test_page TEST_REPORT_WHOLE WORK-FOLDER — writes made-up reports (tests/unit/test_report_whole.c), type-checks the page's
# script, and looks at the pages in Debian's Chromium: no error, no request, nothing beyond the edge, light and dark, phone
# to desktop, print.
# Exits 77 (skipped) with a word when npm, chromium or the packages are not there.
set -eu
test_report=${1:?usage: test_page TEST_REPORT_WHOLE WORK-FOLDER}
work=${2:?usage: test_page TEST_REPORT_WHOLE WORK-FOLDER}
root=$(cd "$(dirname "$0")/../.." && pwd)
skip() { echo "test_page: skipped: $*"; exit 77; }

command -v npm >/dev/null || skip "there is no npm"
chromium=$(command -v chromium) || skip "there is no chromium"
mkdir -p "$work/pages" "$work/shots" "$work/npm"
work=$(cd "$work" && pwd)

cp "$root/tests/system/page/package.json" "$root/tests/system/page/package-lock.json" "$root/tests/system/page/.npmrc" "$work/npm"
lock=$(cksum <"$work/npm/package-lock.json")
if [ "$(cat "$work/npm/.fetched" 2>/dev/null || true)" != "$lock" ]; then
    (cd "$work/npm" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null) || skip "npm cannot fetch playwright-core"
    echo "$lock" >"$work/npm/.fetched"
fi
"$root/tools/report/web/fetch" "$work/charts" || skip "npm cannot fetch the charts' packages"

cp "$root"/tools/report/web/*.ts "$root/tools/report/web/tsconfig.json" "$work/charts"
(cd "$work/charts" && node_modules/.bin/tsc --noEmit)

PLUMBLINE_PAGES=$work/pages "$test_report" >"$work/test_report.log" 2>&1 || { cat "$work/test_report.log"; exit 1; }
grep -q 'id="report"' "$work/pages/day.html" || skip "this build has no charts (PLUMBLINE_CHARTS)"
cp "$root/tests/system/page/look.mjs" "$work/npm"
node "$work/npm/look.mjs" "$chromium" "$work/pages" "$work/shots"
