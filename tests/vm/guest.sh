# Shared by run and power: a kernel of this machine and a small userspace in memory for QEMU, made of busybox, kmod and the
# programs just built. Sets $kernel, $work and $root.
PATH=$PATH:/sbin:/usr/sbin
skip() { echo "skipped: $*"; exit 77; }

needs_programs() { # needs_programs PROGRAM:PACKAGE…
    [ "$(uname -m)" = x86_64 ] || skip "the VM is an x86-64 one, for programs built for that"
    for pair; do
        command -v "${pair%%:*}" >/dev/null || skip "there is no ${pair%%:*} (Debian: ${pair##*:})"
    done
}

find_kernel() { # find_kernel MODULE…: the last that has them all; the running one may have no modules at all
    kernel=
    for image in /boot/vmlinuz-*; do
        version=${image#/boot/vmlinuz-}
        [ -r "$image" ] && modprobe -q -n -a -S "$version" "$@" && kernel=$version
    done
    [ -n "$kernel" ] || skip "no kernel in /boot has the modules $* (Debian: linux-image-amd64)"
}

put() { # names on standard input: each file at the same place in the VM
    while read -r file; do
        mkdir -p "$root$(dirname "$file")"
        cp -L "$file" "$root$file"
    done
}
libraries() { ldd "$1" 2>/dev/null | grep -o '/[^ ]*' || true; }

make_root() { # make_root FOLDER-OF-OURS PROGRAM…: those of ours, and with them busybox and modprobe
    root=$work/root ours=$1
    shift
    mkdir -p "$root/bin" "$root/etc" "$root/run" "$root/tmp"
    ln -s bin "$root/sbin"
    ln -s . "$root/usr"
    for program in busybox modprobe; do
        command -v "$program" | put
        libraries "$(command -v "$program")" | put
    done
    for program; do
        cp "$ours/$program" "$root/bin/"
        libraries "$ours/$program" | put
    done
}

put_modules() { # put_modules MODULE…: and what they need
    for module; do modprobe -S "$kernel" -D "$module"; done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u >"$work/modules"
    put <"$work/modules"
    printf '%s\n' "/lib/modules/$kernel/modules.builtin"* "/lib/modules/$kernel/modules.order" | put
    depmod -b "$root" "$kernel"
}

pack() { (cd "$root" && find . | cpio -o -H newc --quiet) >"$work/initramfs"; }
