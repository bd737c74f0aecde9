#!/bin/sh
# Sizes: a file has at most 400 lines, a function at most 80 (and a median of about 20).
# Lines over 120 characters are counted, for clang-format to mend.
# usage: sizes.sh [ROOT]
set -eu
cd "${1:-$(dirname "$0")/../..}"

list=$(mktemp)
trap 'rm -f "$list"' EXIT
find daemon tools firmware-proto include tests -type f \( -name '*.c' -o -name '*.h' -o -name '*.ts' \) \
    ! -path '*/node_modules/*' 2>/dev/null | sort > "$list"
[ -s "$list" ] || { echo "sizes: no source files under $PWD: nothing was checked"; exit 1; }

# A function's body opens and closes with a brace in the first column; one on a single line counts as one.
files=$(cat "$list")
awk -v max_file=400 -v max_function=80 '
function bad(text) { print text; faults++ }
function took(n) { functions++; size[functions] = n }
function file_ends() {
    files++
    if (lines > max_file) bad(file ": " lines " lines, at most " max_file)
}
# Characters, not bytes, whatever the locale: continuation bytes do not count.
function characters(s) { gsub(/[\200-\277]/, "", s); return length(s) }
FNR == 1 { if (file) file_ends(); file = FILENAME; opened = 0 }
{ lines = FNR }
characters($0) > 120 { long_lines++ }
FILENAME !~ /\.[ch]$/ { next }
/^\{$/ { opened = FNR - 1 }
/^\}$/ && opened {
    took(FNR - opened + 1)
    if (FNR - opened + 1 > max_function) bad(FILENAME ":" opened ": " FNR - opened + 1 " lines in a function, at most " max_function)
    opened = 0
}
/^[a-zA-Z].*\) \{.*\}$/ { took(1) }
END {
    file_ends()
    for (i = 2; i <= functions; i++) {
        v = size[i]
        for (j = i - 1; j > 0 && size[j] > v; j--) size[j + 1] = size[j]
        size[j + 1] = v
    }
    printf "sizes: %d files, %d functions (median %d lines, longest %d), %d lines over 120 characters; %d faults\n", files,
        functions, size[int((functions + 1) / 2)], size[functions], long_lines, faults
    if (faults) print "sizes: what outgrows this has two ideas in it: split it by idea, not by length"
    exit faults > 0
}' $files
