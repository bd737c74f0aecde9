#!/bin/sh
# Purity: the pure rooms call no clock, file, environment or allocator and keep no changing globals.
# usage: purity.sh [BUILD [ROOT]]     Exit 77: skipped (an instrumented build calls its sanitizer everywhere).
set -eu
root=${2:-$(dirname "$0")/../..}
build=${1:-$root/build/dev}
[ -d "$build" ] || { echo "purity: skipped: there is no build in $build (usage: purity.sh [BUILD [ROOT]])"; exit 77; }

pure='daemon/posture daemon/outcome daemon/coach daemon/figure daemon/sensor/protocol daemon/sensor/timebase daemon/sensor/detect daemon/sensor/hunt
daemon/store/predict daemon/store/lpc daemon/store/lpc_fit daemon/store/groups daemon/store/payload daemon/store/payload_axes
daemon/store/block firmware-proto'
base='daemon/sample.c daemon/event.c'
# Bytes and text in memory, and arithmetic. snprintf and strto* read the locale, which the daemon never sets.
allowed='mem(cpy|move|set|cmp|chr)|str(len|nlen|cmp|ncmp|chr|rchr|str|spn|cspn|pbrk|casecmp|ncasecmp|casestr)
strto(l|ul|ll|ull|f|d)|v?snprintf|__v?snprintf_chk|__(mem|str)[a-z]*_chk|__isoc99_strto.*|__ctype_[a-z_]*loc|__stack_chk_fail
_GLOBAL_OFFSET_TABLE_|qsort|bsearch|l?l?abs
(a?(sin|cos|tan)h?|atan2|exp|exp2|expm1|log|log2|log10|log1p|sqrt|cbrt|hypot|pow|fabs|fmod|remainder|copysign)f?
(floor|ceil|round|trunc|rint|nearbyint|l?lround|l?lrint|fmin|fmax|ldexp|frexp|modf|scalbn|erf|erfc|lgamma|tgamma)f?|sincosf?'
# What one named file may have besides.
allowed_in() {
    case $1 in
    daemon/store/block.c | daemon/store/payload*.c) echo 'crc32(_z)?|(deflate|inflate)[A-Za-z0-9_]*|compress2?|compressBound|uncompress2?' ;; # zlib
    daemon/coach/catalogue*.c) echo 'ini_parse_(string(_length)?|stream)' ;;                                             # libinih, on text
    *) echo 'memcpy' ;;
    esac
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: > "$work/objects"
# SOURCE OBJECT: cmake calls it FOLDER/CMakeFiles/TARGET.dir/NAME.c.o, where FOLDER has the CMakeLists.txt
(cd "$build" && find . -name '*.c.o') | sed -E 'h; s|^\./||; s|(CMakeFiles/)?[^/]*\.dir/||; s|\.o$||; G; s|\n\.| |' > "$work/built"
object_of() { object=$(awk -v source="$1" '$1 == source { print $2; exit }' "$work/built"); }
for room in $pure; do
    if [ -d "$root/$room" ]; then sources=$(cd "$root" && find "$room" -name '*.c' ! -path '*/ref/board/*'); else sources=$room.c; fi
    for source in $sources; do
        [ -e "$root/$source" ] || { echo "purity: $source is named in this script and does not exist"; exit 1; }
        object_of "$source"
        [ -n "$object" ] || { echo "purity: no object of $source under $build: build it first"; exit 1; }
        echo "$source $build$object" >> "$work/objects"
    done
done
[ -s "$work/objects" ] || { echo "purity: no objects: nothing was checked"; exit 1; }
for source in $base; do object_of "$source"; echo ${object:+"$build$object"}; done > "$work/base"
if nm -u $(cut -d' ' -f2 "$work/objects") | grep -qE '__(asan|ubsan|tsan|msan|gcov|llvm_prof|sanitizer)_'; then
    echo "purity: skipped, $build is instrumented"
    exit 77
fi

# What the pure rooms and the base define may be called by them.
nm -g --defined-only $(cut -d' ' -f2 "$work/objects") $(cat "$work/base") | awk 'NF == 3 { print $3 }' | sort -u > "$work/own"
pattern=$(echo "$allowed" | tr '\n' '|' | sed 's/|$//')
faults=0
while read -r source object; do
    nm -u "$object" | awk '{ print $2 }' | sort -u | comm -23 - "$work/own" |
        grep -vxE "$pattern|$(allowed_in "$source")" > "$work/bad" || :
    sed "s|^|$source calls |" "$work/bad"
    nm --format=sysv "$object" | awk -F'|' -v source="$source" '
        { gsub(/ /, "", $1); gsub(/ /, "", $7) }
        $7 ~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && $7 !~ /^\.data\.rel\.ro/ { print source " keeps a changing global: " $1 }
    ' > "$work/globals"
    cat "$work/globals"
    faults=$((faults + $(cat "$work/bad" "$work/globals" | wc -l)))
done < "$work/objects"

echo "purity: $(wc -l < "$work/objects") objects checked, $faults faults"
[ "$faults" -eq 0 ] || { echo "purity: give time, memory and state in as arguments, or move the code to a room that may"; exit 1; }
