/* Recurrence rules (RFC 5545, 3.3.10) on local seconds (civil.h). Pure: no zone, clock, allocation.
 *
 * libical reads a rule's text; its iterator is not used. Of 1,000 rules made at random that of 3.0.16 gave 60 other
 * answers than the RFC's (BYSETPOS in weeks, BYMONTHDAY counted backwards in days, an hourly rule begun elsewhere …),
 * and it steps through every second since 1900. Here each day is asked by itself whether it belongs, so a rule can be
 * entered at any day and its cost is bounded by the days looked at.
 */
#ifndef CALENDAR_RULE_H
#define CALENDAR_RULE_H

#include <stdbool.h>
#include <stdint.h>

enum rule_freq { RULE_SECONDLY, RULE_MINUTELY, RULE_HOURLY, RULE_DAILY, RULE_WEEKLY, RULE_MONTHLY, RULE_YEARLY };

/* Sets are bits, empty where the rule has no such part. Numbers from the end are kept apart, as positive ones. */
struct rule {
    enum rule_freq freq;
    int interval;  /* from 1 */
    int64_t count; /* 0: none */
    int first;     /* weekday on which weeks begin, 0 Monday … 6 Sunday */
    uint64_t seconds, minutes;
    uint32_t hours;
    uint16_t months;                    /* bits 1 to 12 */
    uint32_t month_days[2];             /* bits 1 to 31; [1] from the end */
    uint64_t weeks[2];                  /* bits 1 to 53 */
    uint64_t year_days[2][6];           /* bits 1 to 366 */
    uint8_t weekdays;                   /* bit 0 Monday; those without a number */
    const int16_t *nth, *positions;     /* weekday + 8 × (number + 64); BYSETPOS, not 0 */
    unsigned nth_count, position_count; /* caller's storage */
};

/* LOCAL_S: an occurrence's start. false: no more wanted. */
typedef bool rule_take(void *arg, int64_t local_s);

/* What RULE gives in [FROM, LAST] for an event that starts at START, in order. What the rule leaves open is START's
 * (its weekday, its time …). BUDGET goes down by one a step; false: it was used up, and there may be more. */
bool rule_expand(const struct rule *rule, int64_t start, int64_t from, int64_t last, uint64_t *budget, rule_take *take,
                 void *arg);

#endif
