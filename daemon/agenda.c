/* Invariants:
 *   workout[] is sorted by start and made anew as a whole: first what was told, then the calendar's, then the rules';
 *   local times become UTC one date at a time, so that a workout at 18:00 stays at 18:00 when the clocks change.
 */
#include "plumbline/agenda.h"
#include "plumbline/diary.h"
#include "plumbline/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { DAY_S = 86400, SAME_S = 15 * 60, YEAR_S = 366 * DAY_S, DAYS_BACK = 1, USUAL_MIN = 60, DAY_MIN = 1440 };

const char *agenda_source_name(enum agenda_source s)
{
    static const char *const names[] = {"config", "calendar", "added"};
    return names[s];
}

const char *agenda_name(const struct workout *w) { return w->title[0] ? w->title : workout_type_name(w->type); }

bool agenda_calendar_sound(const struct agenda_calendar *c)
{
    if (c->n_workouts > WORKOUTS_MAX || c->n_busy > BUSY_MAX) return false;
    for (unsigned i = 0; i < c->n_workouts; i++)
        if (!memchr(c->workout[i].title, 0, WORKOUT_TITLE_MAX) || (unsigned)c->workout[i].type >= WORKOUT_TYPE_COUNT)
            return false;
    return true;
}

/* ---- what was told ----------------------------------------------------------------------------------------------- */

static bool same_row(const struct workout *a, const struct workout *b)
{
    return a->start_wall_s == b->start_wall_s && !strcmp(a->title, b->title);
}

static bool same(const struct workout *a, const struct workout *b)
{
    return same_row(a, b) || (a->type == b->type && llabs(a->start_wall_s - b->start_wall_s) <= SAME_S);
}

static struct workout *told_row(struct agenda *a, const struct workout *w)
{
    for (unsigned i = 0; i < a->n_told; i++)
        if (same_row(&a->told[i], w)) return &a->told[i];
    return NULL;
}

static struct workout *farthest(struct agenda *a)
{
    struct workout *far = &a->told[0];
    for (unsigned i = 1; i < a->n_told; i++)
        if (a->told[i].start_wall_s > far->start_wall_s) far = &a->told[i];
    return far;
}

int agenda_tell(struct agenda *a, const struct workout *w)
{
    struct workout *at = told_row(a, w);
    int64_t id = at && !w->id ? at->id : w->id; /* the diary's row stays the same one */
    if (!at && a->n_told < WORKOUTS_MAX)
        at = &a->told[a->n_told++];
    else if (!at && (at = farthest(a))->start_wall_s <= w->start_wall_s)
        return -ENOSPC;
    *at = *w;
    at->id = id;
    return 0;
}

static void forget_past(struct agenda *a, int64_t before_s)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < a->n_told; i++)
        if (a->told[i].end_wall_s > before_s) a->told[kept++] = a->told[i];
    a->n_told = kept;
}

static int take_row(void *arg, const struct workout *w)
{
    struct agenda *a = arg;
    if (!told_row(a, w)) agenda_tell(a, w);
    return 0;
}

void agenda_load(struct agenda *a, const char *data, int64_t now_s)
{
    struct diary *d;
    char why[256];
    if (diary_open(data, &d, why)) return;
    diary_workouts(d, now_s - DAY_S, now_s + YEAR_S, take_row, a);
    diary_close(d);
}

/* ---- laying out -------------------------------------------------------------------------------------------------- */

static void put(struct agenda *a, const struct workout *w, enum agenda_source source)
{
    unsigned at = a->n;
    while (at > 0 && a->workout[at - 1].start_wall_s > w->start_wall_s) at--;
    if (a->n == WORKOUTS_MAX) {
        a->left_out++;
        if (at == a->n) return;
        a->n--;
    }
    memmove(&a->workout[at + 1], &a->workout[at], (a->n - at) * sizeof a->workout[0]);
    memmove(&a->source[at + 1], &a->source[at], (a->n - at) * sizeof a->source[0]);
    a->workout[at] = *w;
    a->source[at] = source;
    a->n++;
}

/* Whether W of SOURCE, which comes behind all that is laid out so far, stands for nothing new, or was called off. A
 * told one that is W to the letter came from where W does. */
static bool known(struct agenda *a, const struct workout *w, enum agenda_source source)
{
    bool found = false;
    for (unsigned i = 0; i < a->n_told; i++) found |= same(&a->told[i], w);
    for (unsigned i = 0; i < a->n; i++) {
        if (a->source[i] == AGENDA_ADDED && same_row(&a->workout[i], w)) a->source[i] = source;
        found |= a->source[i] == AGENDA_CALENDAR && same(&a->workout[i], w);
    }
    return found;
}

/* RULE on the date DAYS after TODAY (broken-down local time), if it takes place then. */
static void lay_out(struct agenda *a, const struct workout_rule *rule, const struct tm *today, int days)
{
    struct tm date = {.tm_year = today->tm_year,
                      .tm_mon = today->tm_mon,
                      .tm_mday = today->tm_mday + days,
                      .tm_min = rule->start_min,
                      .tm_isdst = -1};
    time_t start = mktime(&date);
    if (start == (time_t)-1 || !(rule->days >> ((date.tm_wday + 6) % 7) & 1)) return;
    struct workout w = {.start_wall_s = start, .end_wall_s = start + rule->length_min * 60, .type = rule->type};
    memcpy(w.title, rule->title, sizeof w.title);
    if (!known(a, &w, AGENDA_CONFIG)) put(a, &w, AGENDA_CONFIG);
}

void agenda_lay_out(struct agenda *a, const struct config *config, int64_t now_s)
{
    time_t wall = (time_t)now_s;
    struct tm today;
    a->n = a->left_out = 0;
    if (!localtime_r(&wall, &today)) return;
    forget_past(a, now_s - DAY_S);
    for (unsigned i = 0; i < a->n_told; i++)
        if (a->told[i].end_wall_s > a->told[i].start_wall_s) put(a, &a->told[i], AGENDA_ADDED);
    for (unsigned i = 0; i < a->calendar.n_workouts; i++) {
        const struct workout *w = &a->calendar.workout[i];
        if (w->end_wall_s > now_s - DAY_S && !known(a, w, AGENDA_CALENDAR)) put(a, w, AGENDA_CALENDAR);
    }
    for (int day = -DAYS_BACK; day < AGENDA_DAYS; day++)
        for (unsigned i = 0; i < config->n_workout; i++) lay_out(a, &config->workout[i], &today, day);
}

/* ---- looking ----------------------------------------------------------------------------------------------------- */

int agenda_running(const struct agenda *a, int64_t now_s)
{
    for (unsigned i = a->n; i-- > 0;)
        if (a->workout[i].start_wall_s <= now_s && now_s < a->workout[i].end_wall_s) return (int)i;
    return -1;
}

int agenda_last(const struct agenda *a, int64_t now_s)
{
    for (unsigned i = a->n; i-- > 0;)
        if (a->workout[i].start_wall_s <= now_s) return (int)i;
    return -1;
}

static bool is_start(const char *which, int64_t *start_s)
{
    char *end;
    *start_s = strtoll(which, &end, 10);
    return isdigit((unsigned char)which[0]) && !*end;
}

static bool meant(const struct workout *w, const char *which, int64_t now_s)
{
    int64_t start_s;
    if (is_start(which, &start_s)) return w->start_wall_s == start_s;
    if (!strcasecmp(which, "next")) return w->start_wall_s > now_s;
    return which[0] && (!strcasecmp(which, w->title) || !strcasecmp(which, workout_type_name(w->type)));
}

int agenda_find(const struct agenda *a, const char *which, int64_t now_s, char why[160])
{
    for (unsigned i = 0; i < a->n; i++)
        if (a->workout[i].end_wall_s > now_s && meant(&a->workout[i], which, now_s)) return (int)i;
    char raw[160], when[32];
    int64_t start_s;
    if (is_start(which, &start_s)) which = agenda_when(start_s, when);
    snprintf(raw, sizeof raw, "no workout '%.40s' is ahead; 'plumbline workout list' shows those that are", which);
    text_copy(why, 160, raw); /* a word may have been cut within a character */
    return -1;
}

int agenda_overlap(const struct agenda *a, const struct workout *w)
{
    for (unsigned i = 0; i < a->n; i++) {
        const struct workout *other = &a->workout[i];
        if (!same_row(other, w) && other->start_wall_s < w->end_wall_s && w->start_wall_s < other->end_wall_s)
            return (int)i;
    }
    return -1;
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

const char *agenda_when(int64_t start_s, char when[32])
{
    time_t start = (time_t)start_s;
    struct tm tm;
    if (!localtime_r(&start, &tm) || !strftime(when, 32, "%a %Y-%m-%d %H:%M", &tm)) when[0] = 0;
    return when;
}

int agenda_minutes(const char *text)
{
    long total = 0;
    const char *p = text;
    while (isdigit((unsigned char)*p)) {
        char *end;
        long n = strtol(p, &end, 10);
        if (n > DAY_MIN) return -1;
        bool hours = *end == 'h';
        total += hours ? n * 60 : n;
        p = *end == 'h' || *end == 'm' ? end + 1 : end;
        if (!hours) break;
    }
    return p == text || *p || total < 1 || total > DAY_MIN ? -1 : (int)total;
}

int agenda_type(const char *word, enum workout_type *type, char why[160])
{
    *type = workout_type_find(word);
    if (*type != WORKOUT_UNKNOWN || !strcmp(word, "-") || !strcasecmp(word, workout_type_name(WORKOUT_UNKNOWN)))
        return 0;
    char raw[160];
    size_t n = (size_t)snprintf(raw, sizeof raw, "'%.32s' is no kind of workout; use ", word);
    for (int t = WORKOUT_UNKNOWN + 1; t < WORKOUT_TYPE_COUNT; t++)
        n += (size_t)snprintf(raw + n, sizeof raw - n, "%s, ", workout_type_name((enum workout_type)t));
    snprintf(raw + n, sizeof raw - n, "or unknown");
    text_copy(why, 160, raw); /* a word may have been cut within a character */
    return -EINVAL;
}

int agenda_begin(struct workout *w, int argc, const char *const *argv, int64_t now_s, char why[160])
{
    int minutes = argc > 1 ? agenda_minutes(argv[argc - 1]) : -1;
    *w = (struct workout){.start_wall_s = now_s, .end_wall_s = now_s + (minutes > 0 ? minutes : USUAL_MIN) * 60};
    if (minutes > 0) argc--;
    if (argc < 1 || argc > 2)
        return snprintf(why, 160, "expected TYPE [TITLE] [LENGTH], as squat 'Leg day' 60m"), -EINVAL;
    if (argc > 1) text_copy(w->title, sizeof w->title, argv[1]);
    return agenda_type(argv[0], &w->type, why);
}
