#!/bin/sh
# Naming: file x.c exports only x_*. What else is fine, each for its reason:
#   - what the face of its room declares: one face may be implemented by several files;
#   - h_* from a file h_more.c, declared in h.h or h_more.h of its folder: one idea, split because it outgrew a file;
#   - what DIR/DIR.h declares, from any file of DIR: the face of a folder of tools;
#   - main.
# usage: naming.sh [BUILD [ROOT]]
set -eu
root=${2:-$(dirname "$0")/../..}
build=${1:-$root/build/dev}
[ -d "$build" ] || { echo "naming: skipped: there is no build in $build (usage: naming.sh [BUILD [ROOT]])"; exit 77; }

# FILE SYMBOL, with the reason. Keep it short.
excepted() {
    case "$1 $2" in
    tools/cmd_*' cmd_'*) ;;          # a function a subcommand; small ones share a file
    'tools/plumbline.c tool_'*) ;;   # what all subcommands use, next to their table
    *) return 1 ;;
    esac
}

face_of() { # the headers whose names a file of this room may carry
    case $1 in
    firmware-proto/*) find "$root/firmware-proto" -maxdepth 1 -name '*.h' ;;
    daemon/store/*) for face in store log diary upkeep; do echo "$root/include/plumbline/$face.h"; done ;;
    daemon/coach/*) for face in coach routine; do echo "$root/include/plumbline/$face.h"; done ;;
    daemon/*/*) echo "$root/include/plumbline/$(echo "$1" | cut -d/ -f2).h" ;;
    *) find "$root/include/plumbline" -name '*.h' ;;
    esac
}

fine() { # FILE SYMBOL
    stem=${1##*/}
    stem=${stem%.c}
    folder=$root/${1%/*}
    case $2 in main | "$stem" | "$stem"_*) return 0 ;; esac
    face_of "$1" | xargs grep -qws "$2" /dev/null && return 0
    case $1 in tools/*/*) grep -qws "$2" "$folder/$(basename "$folder").h" && return 0 ;; esac
    h=$stem
    while [ "$h" != "${h%_*}" ]; do
        h=${h%_*}
        case $2 in "$h"_*) grep -qws "$2" "$folder/$h.h" "$folder/$stem.h" && return 0 ;; esac
    done
    excepted "$1" "$2"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C # one order for sort and join
(cd "$root" && find daemon tools firmware-proto -name '*.c' ! -path '*/ref/board/*' ! -path '*/node_modules/*' 2>/dev/null) | sort > "$work/sources"
# SOURCE OBJECT: cmake calls it FOLDER/CMakeFiles/TARGET.dir/NAME.c.o, where FOLDER has the CMakeLists.txt
(cd "$build" && find . -name '*.c.o') | sed -E 'h; s|^\./||; s|(CMakeFiles/)?[^/]*\.dir/||; s|\.o$||; G; s|\n| |' | sort -u -k1,1 > "$work/built"
join -a1 "$work/sources" "$work/built" > "$work/objects"
objects=0 symbols=0 faults=0
while read -r source object; do
    [ -n "$object" ] || { echo "naming: $source has no object under $build (not built)"; continue; }
    objects=$((objects + 1))
    for symbol in $(nm -g --defined-only "$build/$object" | awk 'NF == 3 { print $3 }' | grep -vE '^(__odr|_*asan|__sanitizer|__gcov)'); do
        symbols=$((symbols + 1))
        fine "$source" "$symbol" && continue
        echo "$source exports $symbol"
        faults=$((faults + 1))
    done
done < "$work/objects"
echo "naming: $objects objects, $symbols symbols checked, $faults faults"
[ "$objects" -gt 0 ] || { echo "naming: no objects under $build: nothing was checked"; exit 1; }
[ "$faults" -eq 0 ] || { echo "naming: make it static, or name it after its file"; exit 1; }
