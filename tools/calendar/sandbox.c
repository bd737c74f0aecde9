#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define INSTRUMENTED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define INSTRUMENTED 1
#endif
#endif
#ifndef INSTRUMENTED
#define INSTRUMENTED 0 /* a sanitizer needs memory and calls of its own */
#endif

enum { CPU_S = 4, WALL_S = 10, DATA_BYTES = 40 << 20, STACK_BYTES = 4 << 20 };

static void limit(__rlimit_resource_t what, rlim_t most) { setrlimit(what, &(struct rlimit){most, most}); }

void sandbox_limits(void)
{
    alarm(WALL_S);
    limit(RLIMIT_CORE, 0);
    if (INSTRUMENTED) return;
    limit(RLIMIT_CPU, CPU_S);
    limit(RLIMIT_DATA, DATA_BYTES);
    limit(RLIMIT_STACK, STACK_BYTES);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_NOFILE, 16);
}

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#endif

#ifdef MACHINE
#define LOAD(what) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, what))
#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

static struct sock_filter filter[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
#ifdef __NR_access /* older than faccessat and readlinkat, and what glibc calls where there are they */
    ALLOW(access), ALLOW(readlink),
#endif
    ALLOW(readlinkat), /* refused, ICU looks for the zone of /etc/localtime in all of the system's */
    ALLOW(sysinfo),    /* qsort() looks at its answer even so */
    ALLOW(read), ALLOW(write), ALLOW(close), ALLOW(lseek), ALLOW(fstat), ALLOW(newfstatat), ALLOW(faccessat),
    ALLOW(getdents64),
    ALLOW(fcntl), ALLOW(brk), ALLOW(mmap), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise), ALLOW(mprotect), ALLOW(futex),
    ALLOW(clock_gettime), ALLOW(getrandom), ALLOW(rt_sigreturn), ALLOW(restart_syscall), ALLOW(exit), ALLOW(exit_group),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_openat, 1, 0),
    REFUSE,
    LOAD(args[2]), /* both machines are little-endian: the low half, which holds the flags */
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1),
    REFUSE,
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
#endif

void sandbox_close(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || INSTRUMENTED) return;
#ifdef MACHINE
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){sizeof filter / sizeof filter[0], filter}, 0, 0);
#endif
}
