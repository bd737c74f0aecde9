#!/bin/sh
# Texts: what the wearer reads blames nobody, promises nothing the evidence does not carry, and is short where it must fit.
# Looks at the string literals of C and TypeScript, at the values of data/*.conf and at the captions of data/figures/*.svg;
# comments may say what they like. In characters: a title of the coach has at most 40 (its {0} filled in: test_texts), its
# texts 200, a name of the catalogue 40, a caption 80; a step has at most 119 bytes, a line of a notice.
# usage: texts.sh [ROOT]
set -eu
cd "${1:-$(dirname "$0")/../..}"

forbidden='(bad|poor|wrong|terrible|awful|incorrect) (posture|back|habit)|lazy|shame|your fault|you failed|you must|toxins?
cures?|heals?|pain[- ]free|pain relief|reliev(e|es|ing) pain|prevent(s|ing)? (pain|injur(y|ies))|guarantee[ds]?|protects? your (back|spine)
fix(es)? your (back|posture|spine)|straighten your|slouch(er|ing again)|you should|you need (a|an|to|some|more|your)'
pattern=$(echo "$forbidden" | tr '\n' '|' | sed 's/|$//')

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find daemon tools -type f \( -name '*.c' -o -name '*.h' -o -name '*.ts' \) ! -path '*/node_modules/*' 2>/dev/null | sort > "$work/code"
find data -type f -name '*.conf' 2>/dev/null | sort > "$work/conf"
find data/figures -type f -name '*.svg' 2>/dev/null | sort > "$work/figures"
[ -s "$work/code" ] || { echo "texts: no source files under $PWD: nothing was checked"; exit 1; }

# One output line a literal, "FILE:LINE: text". Comments are passed over, also those of several lines.
xargs awk '
FNR == 1 { comment = 0 }
/^[[:space:]]*#[[:space:]]*include/ { next }
{
    quote = ""; text = ""
    quotes = FILENAME ~ /\.ts$/ ? "[\"`\047]" : "[\"]"
    for (i = 1; i <= length($0); i++) {
        c = substr($0, i, 1); two = substr($0, i, 2)
        if (comment) { if (two == "*/") { comment = 0; i++ } }
        else if (quote != "") {
            if (c == "\\") { text = text substr($0, i, 2); i++ }
            else if (c == quote) { print FILENAME ":" FNR ": " text; quote = ""; text = "" }
            else text = text c
        }
        else if (two == "/*") { comment = 1; i++ }
        else if (two == "//") break
        else if (c == "\047" && substr($0, i) ~ /^\047(\\.|[^\\])\047/) i += substr($0, i + 1, 1) == "\\" ? 3 : 2
        else if (c ~ quotes) quote = c
    }
    if (quote != "") print FILENAME ":" FNR ": " text
}' < "$work/code" > "$work/texts"
while read -r conf; do awk '!/^[[:space:]]*[#;]/ && /=/ { print FILENAME ":" FNR ": " $0 }' "$conf"; done < "$work/conf" >> "$work/texts"

while read -r figure; do
    awk '/<title>/ { found = 1; sub(/.*<title>/, ""); sub(/<\/title>.*/, ""); print FILENAME ":" FNR ": " $0 }
        END { if (!found) print FILENAME ":1: " }' "$figure"
done < "$work/figures" > "$work/captions"
cat "$work/captions" >> "$work/texts"

# Lengths. A byte that goes on with a character is none of its own.
export LC_ALL=C
awk -v titles=40 -v bodies=200 -v names=40 -v steps=119 -v captions=80 '
function characters(s) { gsub(/[\200-\277]/, "", s); return length(s) }
function long(what, s, n, most) { if (n > most) print FILENAME ":" FNR ": " what " of " n ", at most " most ": " s }
FILENAME ~ /coach\/texts[.]c$/ {
    rest = $0
    while (match(rest, /"([^"\\]|\\.)*"/)) {
        before = substr(rest, 1, RSTART - 1)
        s = substr(rest, RSTART + 1, RLENGTH - 2)
        if (before ~ /\] = \{$/) long("a title", s, characters(s), titles)
        else long("a text", s, characters(s), bodies)
        rest = substr(rest, RSTART + RLENGTH)
    }
}
FILENAME ~ /catalogue[.]conf$/ && /^(name|step[123])[ \t]*=/ {
    s = $0; sub(/^[^=]*=[ \t]*/, "", s)
    if (/^name/) long("a name", s, characters(s), names)
    else long("a step", s, length(s), steps)
}
' $(grep -E 'coach/texts[.]c$' "$work/code") $(grep catalogue "$work/conf") /dev/null > "$work/bad"
awk -v most=80 '{ place = $1; s = $0; sub(/^[^ ]* /, "", s); n = s; gsub(/[\200-\277]/, "", n) }
    length(n) > most { print place " a caption of " length(n) ", at most " most ": " s }
    s == "" { print place " a figure without a caption" }' "$work/captions" >> "$work/bad"

grep -iE "^[^ ]* .*(^|[^a-z])($pattern)([^a-z]|$)" "$work/texts" >> "$work/bad" || :
cat "$work/bad"
echo "texts: $(wc -l < "$work/texts") texts of $(cat "$work/code" "$work/conf" "$work/figures" | wc -l) files checked, $(wc -l < "$work/bad") faults"
[ -s "$work/texts" ] || { echo "texts: no texts found: nothing was checked"; exit 1; }
[ ! -s "$work/bad" ] || { echo "texts: say what was seen and what could be done, in few words; no blame, no promise about pain or injury"; exit 1; }
