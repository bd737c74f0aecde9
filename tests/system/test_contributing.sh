#!/bin/sh
# CONTRIBUTING's example, done as the page says in a copy of the tree: its file, its one line, its recording. The stream is
# recognised and its figures are right, no other protocol is disturbed, and the rules take the new file as it is.
# usage: test_contributing.sh BIN    CC and CMAKE_GENERATOR as for cmake
. "$(dirname "$0")/lib.sh"
export LC_ALL=C
tree=$work/tree build=$work/tree/build/dev
protocols=daemon/sensor/protocol

quietly() { # quietly WHAT COMMAND…: what it says is told when it fails
    what=$1
    shift
    "$@" >"$work/out" 2>&1 || { tail -n 40 "$work/out"; fail "$what"; }
}
block() { # block LANGUAGE WORDS: the code of that language that follows on the first line with WORDS
    awk -v fence="\`\`\`$1" -v words="$2" '
        /^```/ { if (inside) exit; inside = found && $0 == fence; next }
        inside { print; next }
        index($0, words) { found = 1 }' "$root/CONTRIBUTING.md" >"$work/block"
    [ -s "$work/block" ] || fail "CONTRIBUTING.md has no $1 block behind '$2'"
}

mkdir "$tree"
(cd "$root" && tar -cf - --exclude=./build --exclude=./.git .) | tar -xf - -C "$tree"
cd "$tree"
[ ! -e $protocols/brick.c ] || fail "the example should be on the page only"

# as the page says
block c "\`$protocols/brick.c\`:"
cp "$work/block" $protocols/brick.c
block c "Below \`#define PROTOCOLS\` in \`$protocols/table.c\`:"
[ "$(wc -l <"$work/block")" = 1 ] || fail "the table should want one line"
sed -i "/^#define PROTOCOLS/r $work/block" $protocols/table.c
block sh 'The recording:'
sh -eu "$work/block" || fail "the recording could not be made"
[ "$(tail -n +5 tests/golden/brick.stream | wc -c)" = 96000 ] || fail "the recording should be 6000 frames of 16 bytes"

# only what is needed of it, with the compiler that built the rest
quietly "it could not be configured" cmake -S . -B $build -DPLUMBLINE_WERROR=ON -DPLUMBLINE_CHARTS=OFF
quietly "it could not be built" cmake --build $build -j 2 --target plumbline plumblined golden-rows test_framers_confusion
bin=$build/bin

# recognised by its bytes, and right: 1 g upwards, 20 mg and 16 counts, which are 1 deg/s
"$bin/plumbline" replay --samples --rate 50 tests/golden/brick.stream >"$work/csv" 2>"$work/log" || fail "it should be recognised"
says "$work/log" 'brick, Brick: 5999 samples of 5999 frames; 0 bad,.* 0 frames and 0 samples lost' || fail "all frames but the last, which waits"
awk -F, '
    function off(value, wanted) { return value - wanted > 1e-4 || wanted - value > 1e-4 }
    NR > 1 {
        n = NR - 2
        if (off($1, n / 50) || off($2, 9.80665) || off($3, -0.196133) || off($4, -0.00980665 * (n % 7)) || off($5, 0.01745329) ||
            off($6, 0) || off($7, -0.00109083 * (n % 3)) || $8 != "" || $12 != 0) { print "line " NR ": " $0; exit 1 }
    }
    END { if (NR != 6000) { print NR " lines"; exit 1 } }' "$work/csv" || fail "its figures"
printf '\001\002' | cat - tests/golden/brick.stream | head -c 32000 >"$work/other"
tail -c +40001 tests/golden/brick.stream | head -c 32000 >>"$work/other"
"$bin/plumbline" replay --samples "$work/other" >"$work/csv" 2>"$work/log" || fail "half of it should be recognised too"
says "$work/log" '[1-9][0-9]* frames and [1-9][0-9]* samples lost' || fail "what is missing should be counted"

# the daemon's answer, and then the tests that a contributor would see
quietly "the daemon should play it" tests/golden/run --update "$bin" brick
says tests/golden/brick.expect ' sensor found' || fail "the daemon should find it"
says tests/golden/brick.expect ' minute ' || fail "the daemon should make minutes of it"
tests='^(golden/brick|unit/test_framers_confusion|rules/(purity|sizes|walls))$'
quietly "its tests" ctest --test-dir $build --output-on-failure -j 2 -R "$tests"
says "$work/out" '100% tests passed.* out of 5' || { cat "$work/out"; fail "five tests were expected"; }
! grep -qi skipped "$work/out" || { cat "$work/out"; fail "none should be skipped"; }
mkdir -p "$work/room/daemon/sensor"
cp -R include "$work/room"
cp -R $protocols "$work/room/$protocols"
quietly "its names" tests/rules/naming.sh $build "$work/room" # only this room's: the rule is slow
echo "contributing: $(grep -c . $protocols/brick.c) lines, one line and a recording: found, right, and alone"
