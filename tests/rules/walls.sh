#!/bin/sh
# Walls: what a file may include (architecture: its own header, headers of its own room, faces, system headers).
# usage: walls.sh [ROOT]
set -eu
cd "${1:-$(dirname "$0")/../..}"

# Faces a room of the daemon may know: its own, and those its face is made of. Only the top of daemon/ and tools/ know several
# rooms.
faces='
daemon/posture  posture range event sample
daemon/outcome  outcome event
daemon/coach    coach routine health outcome posture event sample
daemon/sensor   sensor sample
daemon/store    store log diary upkeep coach outcome posture event sample
daemon/figure   figure
daemon/desk     desk coach figure event sample
'
# All that freestanding code may want of a system.
freestanding='stdint.h stddef.h stdbool.h string.h'

list=$(mktemp)
trap 'rm -f "$list"' EXIT
find daemon tools firmware-proto -type f \( -name '*.c' -o -name '*.h' \) ! -path '*/node_modules/*' 2>/dev/null | sort > "$list"
[ -s "$list" ] || { echo "walls: no source files under $PWD: nothing was checked"; exit 1; }

xargs grep -HnE '^[[:space:]]*#[[:space:]]*include' < "$list" | awk -v faces="$faces" -v freestanding="$freestanding" '
function room_of(path,   part, n) {
    n = split(path, part, "/")
    if (part[1] == "firmware-proto") return part[1]
    return n > 2 ? part[1] "/" part[2] : part[1]
}
function folder_of(path) { sub(/\/[^\/]*$/, "", path); return path }
function tidy(path) { while (sub(/[^\/.]+\/\.\.\//, "", path)); gsub(/\/\.\//, "/", path); return path }
function exists(path,   line, there) { there = (getline line < path) >= 0; close(path); return there }
function bad(why) { printf "%s:%s: includes %s: %s\n", file, line, name, why; faults++ }
BEGIN {
    n = split(faces, row, "\n")
    for (i = 1; i <= n; i++) {
        m = split(row[i], word, " ")
        if (m) known[word[1]] = 1
        for (j = 2; j <= m; j++) may[word[1], word[j] ".h"] = 1
    }
    n = split(freestanding, word, " ")
    for (i = 1; i <= n; i++) free[word[i]] = 1
}
{
    includes++
    match($0, /^[^:]*:[0-9]+:/)
    split(substr($0, 1, RLENGTH), at, ":"); file = at[1]; line = at[2]
    text = substr($0, RLENGTH + 1)
    sub(/^[^"<]*/, "", text)
    room = room_of(file)
    system_header = text ~ /^</
    name = text; sub(/^["<]/, "", name); sub(/[">].*/, "", name)
    if (system_header) {
        if (room == "firmware-proto" && file !~ /^firmware-proto\/ref\/board\// && !(name in free)) bad("the wire protocol is freestanding")
    } else if (name ~ /^plumbline\//) {
        face = name; sub(/^plumbline\//, "", face)
        if (room == "firmware-proto") bad("the wire protocol knows nothing of the daemon")
        else if ((room in known) && !((room, face) in may)) bad(room " does not know this room")
        else if (!exists("include/" name)) bad("there is no such face")
    } else if (name ~ /^firmware-proto\//) {
        if (room != "daemon/sensor" && room != "tools/sim" && room != "firmware-proto") bad("only sensor and sim speak to firmware")
    } else {
        target = tidy(folder_of(file) "/" name)
        inside = room_of(target)
        if (!exists(target)) bad("not in its own folder")
        else if (inside != room && room != "tools") bad("a private header of " inside)
        else if (room == "tools" && inside !~ /^tools/) bad("a private header of " inside)
    }
}
END {
    printf "walls: %d includes checked, %d faults\n", includes, faults
    if (faults) print "walls: put what two rooms share into a face (include/plumbline/) or call it from the pipeline"
    exit !includes || faults > 0
}'
echo "walls: $(wc -l < "$list") files"
