/* semihosting — asks the debugger or emulator for a file of the host (ARM, "Semihosting for AArch32 and AArch64").
 * Without one, the first call stops the processor.
 */
#ifndef PLUMB_REF_SEMIHOSTING_H
#define PLUMB_REF_SEMIHOSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { SEMIHOSTING_OPEN = 1, SEMIHOSTING_READ = 6, SEMIHOSTING_TIME = 0x11, SEMIHOSTING_EXIT = 0x18 };

static inline int semihosting_call(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

/* To read bytes from; −1 when there is no such file. */
static inline int semihosting_open(const char *name)
{
    const struct {
        const char *name;
        uint32_t mode, length;
    } argument = {name, 1 /* rb */, (uint32_t)strlen(name)};
    return semihosting_call(SEMIHOSTING_OPEN, &argument);
}

/* How many bytes came. */
static inline size_t semihosting_read(int file, uint8_t *to, size_t n)
{
    const struct {
        uint32_t file;
        uint8_t *to;
        uint32_t n;
    } argument = {(uint32_t)file, to, (uint32_t)n};
    int left = semihosting_call(SEMIHOSTING_READ, &argument); /* not read */
    return left >= 0 && (size_t)left <= n ? n - (size_t)left : 0;
}

/* Seconds since 1970. */
static inline uint32_t semihosting_time(void) { return (uint32_t)semihosting_call(SEMIHOSTING_TIME, NULL); }

static inline void semihosting_exit(bool well)
{
    const uintptr_t ended = 0x20026, failed = 0x20023; /* application exit, run-time error */
    semihosting_call(SEMIHOSTING_EXIT, (const void *)(well ? ended : failed));
}

#endif
