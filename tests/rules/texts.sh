#!/bin/sh
# Texts: what the wearer reads blames nobody and promises nothing the evidence does not carry.
# Looks at the string literals of C and TypeScript, and at the values of data/*.conf; comments may say what they like.
# usage: texts.sh [ROOT]
set -eu
cd "${1:-$(dirname "$0")/../..}"

forbidden='(bad|poor|wrong|terrible|awful|incorrect) (posture|back|habit)|lazy|shame|your fault|you failed|you must|toxins?
cures?|heals?|pain[- ]free|pain relief|reliev(e|es|ing) pain|prevent(s|ing)? (pain|injur(y|ies))|guarantee[ds]?|protects? your (back|spine)
fix(es)? your (back|posture|spine)|straighten your|slouch(er|ing again)'
pattern=$(echo "$forbidden" | tr '\n' '|' | sed 's/|$//')

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find daemon tools -type f \( -name '*.c' -o -name '*.h' -o -name '*.ts' \) ! -path '*/node_modules/*' 2>/dev/null | sort > "$work/code"
find data -type f -name '*.conf' 2>/dev/null | sort > "$work/conf"
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

grep -iE "^[^ ]* .*(^|[^a-z])($pattern)([^a-z]|$)" "$work/texts" > "$work/bad" || :
cat "$work/bad"
echo "texts: $(wc -l < "$work/texts") texts of $(cat "$work/code" "$work/conf" | wc -l) files checked, $(wc -l < "$work/bad") faults"
[ -s "$work/texts" ] || { echo "texts: no texts found: nothing was checked"; exit 1; }
[ ! -s "$work/bad" ] || { echo "texts: say what was seen and what could be done; no blame, no promise about pain or injury"; exit 1; }
