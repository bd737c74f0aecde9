/* Answers of the child that reads calendars, in pieces of any size: what is taken lies in its bounds, in order. */
#include "daemon/calendar_lines.h"
#include "tests/fuzz/fuzz_replay.h"

static void check(const struct calendar_lines *l)
{
    const struct agenda_calendar *c = &l->calendar;
    if (!agenda_calendar_sound(c) || l->n_lines > CALENDAR_LINES_MAX + 1 || l->n_bytes > CALENDAR_BYTES_MAX + 1)
        abort();
    if (!memchr(l->note, 0, sizeof l->note)) abort();
    for (unsigned i = 0; i < c->n_workouts; i++) {
        const struct workout *w = &c->workout[i];
        if (w->end_wall_s <= w->start_wall_s || w->end_wall_s <= l->from_s || w->start_wall_s >= l->to_s) abort();
        if (i && w->start_wall_s < w[-1].start_wall_s) abort();
    }
    for (unsigned i = 0; i < c->n_busy; i++) {
        const struct busy *b = &c->busy[i];
        if (b->to_wall_s <= b->from_wall_s || b->to_wall_s <= l->from_s || b->from_wall_s >= l->to_s) abort();
        if (i && b->from_wall_s <= b[-1].to_wall_s) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config config;
    static struct calendar_lines l, again;
    config_default(&config);
    snprintf(config.calendar_words, sizeof config.calendar_words, "talk, -run");
    calendar_lines_begin(&l, &config, 1791900000, 1791900000 + 15 * 86400);
    again = l;
    calendar_lines_push(&l, (const char *)data, size);
    for (size_t at = 0, n; at < size; at += n) {
        n = 1 + data[at] % 16;
        if (n > size - at) n = size - at;
        calendar_lines_push(&again, (const char *)data + at, n);
    }
    check(&l);
    if (calendar_lines_whole(&l) != calendar_lines_whole(&again) || l.fault != again.fault) abort();
    return 0;
}
