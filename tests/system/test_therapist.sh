#!/bin/sh
# test_therapist TEST_REPORT_THERAPIST: the sheet for a therapist, with everything on it and nearly empty, is
# well-formed, loads nothing, and comes out of Debian's Chromium as one page of A4 and of Letter. Exits 77 (skipped) with
# a word when python3 or chromium is not there.
set -eu
test_report=${1:?usage: test_therapist TEST_REPORT_THERAPIST}
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
PLUMBLINE_PAGES=$work "$test_report" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

command -v python3 >/dev/null || { echo "test_therapist: skipped: there is no python3"; exit 77; }
python3 - "$work"/*.html <<'P'
import html.parser
import sys

VOID = {"meta", "line", "circle", "rect"}  # as the page writes them

class Nesting(html.parser.HTMLParser):
    def __init__(self, name):
        super().__init__()
        self.name, self.open, self.seen = name, [], set()

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        names = [name for name, _ in attributes]
        assert len(set(names)) == len(names), (self.name, tag, names)
        assert not any(n in ("src", "href", "onload", "style") for n in names), (self.name, tag, names)
        assert tag not in ("script", "link", "img", "iframe"), (self.name, tag)
        if tag not in VOID:
            self.open.append(tag)
        blocks = ("p", "h2", "ul", "section", "div")
        assert not (tag in blocks and "p" in self.open[:-1]), (self.name, self.getpos(), self.open)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        assert tag in VOID, (self.name, tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, (self.name, tag, self.getpos(), self.open)

for path in sys.argv[1:]:
    page = Nesting(path)
    page.feed(open(path, encoding="utf-8").read())
    page.close()
    assert not page.open, (path, page.open)
    assert {"html", "head", "title", "body", "h1", "table"} <= page.seen, path
print(len(sys.argv) - 1, "pages are well-formed and load nothing")
P

chromium=$(command -v chromium) || { echo "test_therapist: skipped: there is no chromium"; exit 77; }
for sheet in full empty; do
    for paper in a4 letter; do
        "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
            --disable-background-networking --disable-component-update --disable-sync --no-pdf-header-footer \
            --user-data-dir="$work/chromium" --print-to-pdf="$work/sheet.pdf" "file://$work/$sheet-$paper.html" \
            2>"$work/told" || { cat "$work/told"; fail "printing $sheet-$paper"; }
        pages=$(grep -a -o '/Count [0-9]*' "$work/sheet.pdf")
        size=$(grep -a -o '/MediaBox *\[[^]]*\]' "$work/sheet.pdf" | head -1)
        case $paper in a4) wide=594 ;; letter) wide=612 ;; esac
        [ "$pages" = "/Count 1" ] || fail "$sheet-$paper: $pages instead of one page"
        case $size in *"[0 0 $wide"*) ;; *) fail "$sheet-$paper: not on that paper: $size" ;; esac
        echo "$sheet, $paper: one page"
    done
done
