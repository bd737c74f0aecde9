/* Invariants: once fault is set, nothing more is read; both lists are sorted by start and lie in [from_s, to_s] or
 * reach into it; line[] holds at most one event's title at a time, and none when a line has been read. */
#include "calendar_lines.h"

#include "plumbline/text.h"

#include <string.h>
#include <strings.h>

/* The coach's own bounds: 1970 to 2200. */
#define LAST_S 7258118400LL
/* A longer event is no workout (nor would a line of the configuration be); one of a day and more (on call, away) is no
 * meeting. */
enum { WORKOUT_MOST_S = 12 * 3600, BUSY_MOST_S = 24 * 3600, WORD_LEN = 40 };

struct occasion {
    int64_t start_s, end_s;
    bool busy, timed;
    const char *title;
};

/* ---- words of a title -------------------------------------------------------------------------------------------- */

static bool one_of(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcasecmp(word, words[i])) return true;
    return false;
}

#define BLANKS " \t.,;:!?/&+()[]{}\"'|*#"

/* The next word at *P between any of BLANKS; false at the end. Longer ones are cut, and so match nothing. */
static bool next_word(const char **p, const char *blanks, char word[WORD_LEN])
{
    *p += strspn(*p, blanks);
    size_t n = strcspn(*p, blanks), kept = n < WORD_LEN ? n : WORD_LEN - 1;
    memcpy(word, *p, kept);
    word[kept] = 0;
    *p += n;
    return n > 0;
}

/* What the wearer says of WORD: 1 a workout, −1 none, 0 nothing. */
static int wearers_word(const char *words, const char *word)
{
    char own[WORD_LEN];
    while (next_word(&words, BLANKS, own)) {
        if (!strcasecmp(own, word)) return 1;
        if (own[0] == '-' && !strcasecmp(own + 1, word)) return -1;
    }
    return 0;
}

static bool names_workout(const char *word, const char *words)
{
    static const char *const any[] = {"gym", "workout", "training", "fitness", "crossfit", "exercise"};
    /* names of kinds that an office uses otherwise: press release, pull request, upper management, sales cycle */
    static const char *const office[] = {"press", "pull", "push", "upper", "cycle", "hinge"};
    int said = wearers_word(words, word);
    if (said) return said > 0;
    if (one_of(word, office, sizeof office / sizeof office[0])) return false;
    return one_of(word, any, sizeof any / sizeof any[0]) || workout_type_find(word) != WORKOUT_UNKNOWN;
}

bool calendar_lines_workout(const char *title, const char *words, enum workout_type *type)
{
    char word[WORD_LEN];
    bool found = false;
    *type = WORKOUT_UNKNOWN;
    while (next_word(&title, BLANKS "-", word)) {
        found |= names_workout(word, words);
        if (*type == WORKOUT_UNKNOWN && wearers_word(words, word) >= 0) *type = workout_type_find(word);
    }
    return found;
}

/* ---- one line ---------------------------------------------------------------------------------------------------- */

static void keep_workout(struct calendar_lines *l, const struct occasion *e, enum workout_type type)
{
    struct agenda_calendar *c = &l->calendar;
    if (c->n_workouts == WORKOUTS_MAX) {
        l->left_out++;
        return;
    }
    struct workout *w = &c->workout[c->n_workouts++];
    *w = (struct workout){.start_wall_s = e->start_s, .end_wall_s = e->end_s, .type = type};
    text_copy(w->title, sizeof w->title, e->title);
}

/* Stretches that touch are one. */
static void keep_busy(struct calendar_lines *l, const struct occasion *e)
{
    struct agenda_calendar *c = &l->calendar;
    struct busy *last = c->n_busy ? &c->busy[c->n_busy - 1] : NULL;
    if (last && e->start_s <= last->to_wall_s) {
        if (e->end_s > last->to_wall_s) last->to_wall_s = e->end_s;
    } else if (c->n_busy == BUSY_MAX) {
        l->left_out++;
    } else {
        c->busy[c->n_busy++] = (struct busy){e->start_s, e->end_s};
    }
}

static void keep_event(struct calendar_lines *l, const struct occasion *e)
{
    enum workout_type type;
    int64_t length_s = e->end_s - e->start_s;
    if (!e->timed || !length_s || e->end_s <= l->from_s || e->start_s >= l->to_s) return;
    if (length_s <= WORKOUT_MOST_S && calendar_lines_workout(e->title, l->config->calendar_words, &type))
        keep_workout(l, e, type);
    else if (l->config->calendar_busy && e->busy && length_s < BUSY_MOST_S)
        keep_busy(l, e);
}

/* Digits and a blank at *P, from 1970 to 2200. */
static bool read_time(const char **p, int64_t *time_s)
{
    size_t n = strspn(*p, "0123456789");
    *time_s = 0;
    if (n == 0 || n > 10 || (*p)[n] != ' ') return false;
    for (; n > 0; n--) *time_s = *time_s * 10 + *(*p)++ - '0';
    ++*p;
    return *time_s < LAST_S;
}

static bool read_word(const char **p, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(*p, word, n) != 0) return false;
    *p += n;
    return true;
}

static const char *read_event(struct calendar_lines *l, const char *p)
{
    struct occasion e;
    if (!read_time(&p, &e.start_s) || !read_time(&p, &e.end_s)) return "a time that is none";
    if (e.end_s < e.start_s) return "an end before its start";
    if (e.start_s < l->last_start_s) return "events out of order";
    e.busy = read_word(&p, "busy ");
    if (!e.busy && !read_word(&p, "free ")) return "an event neither busy nor free";
    e.timed = read_word(&p, "timed ");
    if (!e.timed && !read_word(&p, "allday ")) return "an event neither timed nor of a day";
    e.title = p;
    l->last_start_s = e.start_s;
    keep_event(l, &e);
    return NULL;
}

static const char *read_line(struct calendar_lines *l)
{
    const char *p = l->line;
    if (l->ended) return "lines behind its end";
    if (memchr(l->line, 0, l->n_line)) return "a line that is no text";
    l->line[l->n_line] = 0;
    if (++l->n_lines > CALENDAR_LINES_MAX) return "too many lines";
    if (!strcmp(p, "end"))
        l->ended = true;
    else if (read_word(&p, "event "))
        return read_event(l, p);
    else if (!read_word(&p, "note "))
        return "a line that is not known";
    else if (l->n_notes++ == 0)
        text_copy(l->note, sizeof l->note, p);
    return NULL;
}

void calendar_lines_begin(struct calendar_lines *l, const struct config *config, int64_t from_s, int64_t to_s)
{
    *l = (struct calendar_lines){.config = config, .from_s = from_s, .to_s = to_s};
}

bool calendar_lines_push(struct calendar_lines *l, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n && !l->fault; i++) {
        if (++l->n_bytes > CALENDAR_BYTES_MAX)
            l->fault = "too many bytes";
        else if (bytes[i] != '\n' && l->n_line == sizeof l->line - 1)
            l->fault = "a line too long";
        else if (bytes[i] != '\n')
            l->line[l->n_line++] = bytes[i];
        else {
            l->fault = read_line(l);
            explicit_bzero(l->line, sizeof l->line);
            l->n_line = 0;
        }
    }
    return !l->fault;
}

bool calendar_lines_whole(const struct calendar_lines *l) { return !l->fault && l->ended && l->n_line == 0; }
