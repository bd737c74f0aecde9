/* fault — what goes wrong between the device and the host, on purpose: bytes lost or changed, writes cut short, times
 * without a link, a device clock that leaps.
 */
#ifndef PLUMBLINE_SIM_FAULT_H
#define PLUMBLINE_SIM_FAULT_H

#include "chance.h"

#include <stdbool.h>
#include <stddef.h>

enum fault_kind { FAULT_DROP, FAULT_FLIP, FAULT_TRUNCATE, FAULT_STALL, FAULT_UNPLUG, FAULT_JUMP };

struct fault {
    enum fault_kind kind;
    double rate;           /* DROP, FLIP: of all bytes; TRUNCATE: of all writes */
    double at_s, length_s; /* STALL, UNPLUG: from … for; JUMP: when, by how much (may be negative) */
    bool done;             /* JUMP */
};

enum { FAULTS_MAX = 64 };
struct faults {
    struct fault fault[FAULTS_MAX];
    size_t n;
    struct chance chance;
};

/* Adds `drop:RATE`, `flip:RATE`, `truncate:RATE`, `stall@AT+DUR`, `unplug@AT+DUR` or `jump@AT+DUR`, `jump@AT-DUR`.
 * False when TEXT is none of them, or too many. */
bool fault_add(struct faults *f, const char *text);

/* Damages the N bytes of one write, returns how many are left. */
size_t fault_damage(struct faults *f, uint8_t *bytes, size_t n);

/* Whether a fault of KIND (STALL or UNPLUG) holds at T_S. */
bool fault_holds(const struct faults *f, enum fault_kind kind, double t_s);

/* By how many seconds the device's clock leaps now; 0 unless a jump has become due. */
double fault_jump(struct faults *f, double t_s);

#endif
