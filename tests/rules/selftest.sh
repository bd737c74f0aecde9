#!/bin/sh
# Selftest: each rule passes on a small good tree and fails on that tree with one thing made wrong.
# usage: selftest.sh
set -eu
rules=$(cd "$(dirname "$0")" && pwd)
cc=${CC:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checks=0 faults=0

# A tree that keeps every rule.
good_tree() {
    rm -rf "$work/tree" "$work/build"
    mkdir -p "$work/tree/include/plumbline" "$work/tree/firmware-proto" "$work/tree/data"
    cd "$work/tree"
    for room in posture outcome coach figure sensor/protocol store desk; do mkdir -p "daemon/$room"; done
    for face in sample event posture outcome coach figure sensor store log diary upkeep desk; do
        echo "void ${face}_face(void);" > "include/plumbline/$face.h"
    done
    for file in posture/tracker outcome/bouts coach/coach figure/figure sensor/protocol/table sensor/timebase sensor/detect sensor/hunt store/predict store/lpc store/lpc_fit store/groups store/payload store/payload_axes store/block desk/desk; do
        room=${file%%/*}
        name=${file##*/}
        printf '#include "plumbline/%s.h"\n\nint %s_run(int x);\n\nint %s_run(int x)\n{\n    return x + 1;\n}\n' \
            "$room" "$name" "$name" > "daemon/$file.c"
    done
    for name in sample event; do printf 'int %s_run(int x);\nint %s_run(int x) { return x; }\n' $name $name > daemon/$name.c; done
    printf '#include <stdint.h>\nint plumb_run(int x);\nint plumb_run(int x) { return x; }\n' > firmware-proto/plumb.c
    printf 'const char *say(void);\nstatic const char *word(void) { return "Time for a change"; /* not bad posture */ }\n' > daemon/coach/texts.c
    echo 'const char *texts_word(void) { return word(); }' >> daemon/coach/texts.c
    printf '; never "bad posture"\n[walk]\nname = Stand and walk\n' > data/catalogue.conf
    git init -q . 2>/dev/null || :
}

compile() {
    (cd "$work/tree" && find daemon firmware-proto -name '*.c') | while read -r source; do
        mkdir -p "$work/build/x.dir/$(dirname "$source")"
        (cd "$work/tree" && $cc -O1 -fPIE -Iinclude -I. -w -c "$source" -o "$work/build/x.dir/$source.o")
    done
}

expect() { # WANTED-STATUS WHAT COMMAND…
    wanted=$1 what=$2
    shift 2
    status=0
    "$@" > "$work/out" 2>&1 || status=$?
    checks=$((checks + 1))
    [ "$status" -eq "$wanted" ] && return
    faults=$((faults + 1))
    echo "selftest: $what: status $status, expected $wanted"
    sed 's/^/    /' "$work/out"
}

spoil() { # FILE TEXT: a good tree with TEXT added to FILE
    good_tree
    mkdir -p "$(dirname "$1")"
    printf '%b\n' "$2" >> "$1"
}

repeat() { i=0; while [ $i -lt "$1" ]; do echo "$2"; i=$((i + 1)); done; }

walls() { expect "$1" "walls: $2" "$rules/walls.sh" "$work/tree"; }
good_tree; walls 0 'a good tree'
spoil daemon/coach/coach.c '#include "daemon/desk/notify.h"'; walls 1 'a header by its path'
spoil daemon/desk/notify.h ''; echo '#include "../desk/notify.h"' >> daemon/coach/coach.c; walls 1 "another room's private header"
spoil daemon/posture/tracker.c '#include "plumbline/store.h"'; walls 1 'a pure room that knows the store'
spoil daemon/desk/desk.c '#include "firmware-proto/plumb.h"'; walls 1 'the desk speaks to firmware'
spoil firmware-proto/plumb.c '#include <stdio.h>'; walls 1 'a wire protocol that is not freestanding'
spoil firmware-proto/plumb.c '#include "plumbline/sample.h"'; walls 1 'a wire protocol that knows the daemon'
spoil daemon/coach/coach.c '#include "plumbline/nothing.h"'; walls 1 'a face that is not there'
spoil daemon/desk/notify.h ''; echo '#include "desk/notify.h"' > daemon/main.c; walls 1 'main takes a private header'
spoil daemon/sensor/protocol/table.h ''; echo '#include "protocol/table.h"' >> daemon/sensor/detect.c; walls 0 'a header of the same room'
rm -rf "$work/tree"; mkdir "$work/tree"; walls 1 'an empty tree'

purity() { compile; expect "$1" "purity: $2" "$rules/purity.sh" "$work/build" "$work/tree"; }
good_tree; purity 0 'a good tree'
spoil daemon/coach/coach.c '#include <time.h>\nlong coach_time(void) { return time(0); }'; purity 1 'a clock'
spoil daemon/posture/tracker.c '#include <stdlib.h>\nvoid *tracker_get(void) { return malloc(8); }'; purity 1 'an allocation'
spoil daemon/store/block.c '#include <stdio.h>\nint block_file(void) { return puts("x"); }'; purity 1 'a file'
spoil daemon/store/block.c 'unsigned long crc32(unsigned long, void *, int);\nunsigned long block_crc(void) { return crc32(0, 0, 0); }'; purity 0 'zlib where it is named'
spoil daemon/store/predict.c 'unsigned long crc32(unsigned long, void *, int);\nunsigned long predict_crc(void) { return crc32(0, 0, 0); }'; purity 1 'zlib elsewhere'
spoil daemon/coach/coach.c 'static int count; int coach_count(void) { return ++count; }'; purity 1 'a static that changes'
spoil daemon/coach/coach.c 'int coach_count = 3;'; purity 1 'a global'
spoil daemon/coach/coach.c 'static const char *const word[] = {"a", "b"}; const char *coach_word(int i) { return word[i]; }'; purity 0 'a constant table of pointers'
good_tree; rm -rf "$work/build"; mkdir "$work/build"; expect 1 'purity: nothing built' "$rules/purity.sh" "$work/build" "$work/tree"
good_tree; rm daemon/sensor/detect.c; purity 1 'a file named here that is gone'

sizes() { expect "$1" "sizes: $2" "$rules/sizes.sh" "$work/tree"; }
good_tree; sizes 0 'a good tree'
good_tree; repeat 401 '/* line */' > daemon/desk/long.c; sizes 1 'a file of 401 lines'
good_tree; repeat 400 '/* line */' > daemon/desk/long.c; sizes 0 'a file of 400 lines'
good_tree; { echo 'void long_one(void)'; echo '{'; repeat 78 '    ;'; echo '}'; } > daemon/desk/long.c; sizes 1 'a function of 81 lines'
good_tree; { echo 'void long_one(void)'; echo '{'; repeat 77 '    ;'; echo '}'; } > daemon/desk/long.c; sizes 0 'a function of 80 lines'
rm -rf "$work/tree"; mkdir "$work/tree"; sizes 1 'an empty tree'

naming() { compile; expect "$1" "naming: $2" "$rules/naming.sh" "$work/build" "$work/tree"; }
good_tree; naming 0 'a good tree'
spoil daemon/desk/desk.c 'int helper(void) { return 1; }'; naming 1 'a name of no file'
spoil daemon/desk/desk.c 'int deskill(void) { return 1; }'; naming 1 'a name that only begins alike'
spoil daemon/coach/coach.c 'void posture_face(void) { }'; naming 1 "the face of another room"
spoil daemon/coach/names.c 'void coach_face(void) { }'; naming 0 'the face of the room, from another file'
spoil daemon/store/diary_read.c 'int diary_get(void) { return 1; }'; naming 1 'a split that its header does not know'
spoil daemon/store/diary_read.c 'int diary_get(void) { return 1; }'; echo 'int diary_get(void);' > daemon/store/diary.h; naming 0 'a split idea'
good_tree; rm -rf "$work/build"; mkdir "$work/build"; expect 1 'naming: nothing built' "$rules/naming.sh" "$work/build" "$work/tree"

texts() { expect "$1" "texts: $2" "$rules/texts.sh" "$work/tree"; }
good_tree; texts 0 'a good tree'
spoil daemon/coach/texts.c 'const char *texts_x = "Such bad posture!";'; texts 1 'blame'
spoil daemon/coach/texts.c 'const char *texts_x = "This PREVENTS injuries";'; texts 1 'a promise'
spoil tools/report/web/page.ts 'const a = `rolling flushes toxins`'; texts 1 'a claim in TypeScript'
spoil data/catalogue.conf 'step1 = It heals the back'; texts 1 'a claim in the catalogue'
spoil data/catalogue.conf 'step1 = You need a massage'; texts 1 'a prescription'
spoil data/catalogue.conf 'step1 = Put the ball away when you need it no more'; texts 0 'a need that prescribes nothing'
forty=1234567890123456789012345678901234567890
spoil data/catalogue.conf "name = $forty"; texts 0 'a name of 40 characters'
spoil data/catalogue.conf "name = é${forty#1}"; texts 0 'a name of 40 characters, one of two bytes'
spoil data/catalogue.conf "name = ${forty}1"; texts 1 'a name of 41 characters'
spoil data/catalogue.conf "step1 = $forty$forty$forty"; texts 1 'a step of 120 bytes'
spoil daemon/coach/texts.c "static const struct text table[] = { [TEXT_A] = {\"$forty\", \"$forty$forty\"} };"; texts 0 'a title of 40 characters, and its text'
spoil daemon/coach/texts.c "static const struct text table[] = { [TEXT_A] = {\"${forty}1\", \"x\"} };"; texts 1 'a title of 41 characters'
spoil daemon/coach/texts.c "static const struct text table[] = { [TEXT_A] = {NULL, \"$forty$forty$forty$forty$forty.\"} };"; texts 1 'a text of 201 characters'
spoil data/figures/walk.svg '<svg><title>Walking</title></svg>'; texts 0 'a caption'
spoil data/figures/walk.svg '<svg><title>No more bad posture</title></svg>'; texts 1 'blame in a caption'
spoil data/figures/walk.svg "<svg><title>$forty$forty.</title></svg>"; texts 1 'a caption of 81 characters'
spoil data/figures/walk.svg '<svg></svg>'; texts 1 'a figure without a caption'
spoil daemon/coach/texts.c 'const char *texts_x = "Secure the ball; obscure"; /* cures */ // heals'; texts 0 'parts of other words, and comments'
spoil daemon/coach/texts.c "/* it's\n * \"bad posture\" in a\n */ char texts_c = '\"'; /* \"bad posture\" */"; texts 0 'a comment of several lines'
rm -rf "$work/tree"; mkdir "$work/tree"; texts 1 'an empty tree'

clean() { expect "$1" "clean: $2" "$rules/clean.sh" "$work/tree"; }
if command -v git >/dev/null; then
    good_tree; clean 0 'a good tree'
    spoil daemon/desk/desk.o 'x'; clean 1 'an object beside its source'
    spoil tools/report/web/node_modules/x/index.js 'x'; clean 1 'node_modules in the tree'
    spoil build/desk.o 'x'; clean 0 'an object in the build folder'
    good_tree; echo mine > mine.txt; git status --porcelain -uall > "$work/before"
    expect 0 'clean: nothing changed' "$rules/clean.sh" "$work/tree" "$work/before"
    echo x > stray.txt; expect 1 'clean: a stray file' "$rules/clean.sh" "$work/tree" "$work/before"
    good_tree; : > "$work/before"; expect 1 'clean: a stray file where nothing was before' "$rules/clean.sh" "$work/tree" "$work/before"
    rm -rf "$work/tree"; mkdir "$work/tree"; cd "$work/tree"; git init -q .; : > "$work/before"
    expect 0 'clean: an empty checkout' "$rules/clean.sh" "$work/tree" "$work/before"
    echo x > stray.csv; expect 1 'clean: a stray table' "$rules/clean.sh" "$work/tree" "$work/before"
    rm stray.csv; expect 77 'clean: no list' "$rules/clean.sh" "$work/tree" "$work/none"
    good_tree; rm -rf .git
    expect 77 'clean: no checkout' env GIT_CEILING_DIRECTORIES="$work" "$rules/clean.sh" "$work/tree"
fi

echo "selftest: $checks checks, $faults faults"
[ "$faults" -eq 0 ]
