/* Invariant: every figure that a reader sees is spelt here, so a figure looks the same wherever it stands. */
#include "words.h"

#include "date.h"
#include "sums.h"

#include <math.h>
#include <string.h>

/* Length of the valid UTF-8 character at S (N bytes are there), 0 when there is none or it is a control character. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0x20}, {0xe0, 0xc0, 0xa0}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t length = 1; length <= 4 && length <= n; length++) {
        if ((s[0] & forms[length - 1].mask) != forms[length - 1].lead) continue;
        uint32_t code = s[0] & (unsigned char)~forms[length - 1].mask;
        for (size_t i = 1; i < length; i++) {
            if ((s[i] & 0xc0) != 0x80) return 0;
            code = code << 6 | (s[i] & 0x3fu);
        }
        bool surrogate = code >= 0xd800 && code < 0xe000;
        /* Bidirectional overrides and separators would let a title rearrange the line it stands in. */
        bool control = code == 0x7f || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
        return code < forms[length - 1].least || code > 0x10ffff || surrogate || control ? 0 : length;
    }
    return 0;
}

void words_clean(const char *from, size_t from_size, char *to, size_t size)
{
    size_t n = strnlen(from, from_size), out = 0;
    for (size_t i = 0; i < n;) {
        size_t length = utf8_length((const unsigned char *)from + i, n - i);
        size_t room = length ? length : 1;
        if (out + room >= size) break;
        if (length)
            memcpy(to + out, from + i, length);
        else
            to[out] = '?';
        out += room;
        i += room;
    }
    to[out] = '\0';
}

void words_duration(double minutes, char words[WORDS_SHORT])
{
    if (!isfinite(minutes)) {
        snprintf(words, WORDS_SHORT, "–");
        return;
    }
    long long whole = llround(minutes);
    if (whole < 60)
        snprintf(words, WORDS_SHORT, "%lld min", whole);
    else if (whole % 60 == 0)
        snprintf(words, WORDS_SHORT, "%lld h", whole / 60);
    else
        snprintf(words, WORDS_SHORT, "%lld h %02lld min", whole / 60, whole % 60);
}

void words_share(double share, char words[WORDS_SHORT])
{
    if (isfinite(share))
        snprintf(words, WORDS_SHORT, "%lld %%", llround(share * 100));
    else
        snprintf(words, WORDS_SHORT, "–");
}

void words_number(double value, int digits, char words[WORDS_SHORT])
{
    if (!isfinite(value))
        snprintf(words, WORDS_SHORT, "–");
    else if (fabs(value) < 0.5 * pow(10, -digits))
        snprintf(words, WORDS_SHORT, "%.*f", digits, 0.0); /* no "-0" */
    else
        snprintf(words, WORDS_SHORT, "%.*f", digits, value);
}

void words_said(int value, char words[WORDS_SHORT])
{
    if (value < 0)
        snprintf(words, WORDS_SHORT, "–");
    else
        snprintf(words, WORDS_SHORT, "%d", value);
}

void words_clock(int local_min, char words[WORDS_SHORT])
{
    snprintf(words, WORDS_SHORT, "%02d:%02d", local_min / HOUR_MIN, local_min % HOUR_MIN);
}

const char *words_posture(enum posture p)
{
    static const char *const names[POSTURE_COUNT] = {"Unsure", "Sitting",  "Standing", "Walking",
                                                     "Lying",  "Not worn", "No data"};
    return (unsigned)p < POSTURE_COUNT ? names[p] : "Unknown";
}

const char *words_mark(enum report_mark_kind kind)
{
    static const char *const names[MARK_KIND_COUNT] = {
        [MARK_CORRECTED] = "acted on",   [MARK_SNOOZED] = "snoozed",        [MARK_SKIPPED] = "skipped",
        [MARK_IGNORED] = "not answered", [MARK_WRONG] = "“that was wrong”", [MARK_WITHDRAWN] = "no answer needed",
        [MARK_ROUTINE] = "routine item", [MARK_WORKOUT] = "workout",        [MARK_CALIBRATION] = "calibrated",
    };
    return (unsigned)kind < MARK_KIND_COUNT ? names[kind] : "unknown";
}

const char *words_topic(enum topic topic)
{
    static const char *const names[] = {
        [TOPIC_SLOUCH] = "Long flexed spell", [TOPIC_BREAK] = "Time for a break", [TOPIC_LEAN] = "Leaning"};
    return (unsigned)topic <= TOPIC_LEAN ? names[topic] : "";
}

void words_title(const struct report *r, char words[WORDS_LONG])
{
    char first[WORDS_SHORT], last[WORDS_SHORT];
    const struct report_day *from = &r->day[0], *to = &r->day[r->request.n_days - 1];
    date_words(from->date, first);
    date_words(to->date, last);
    if (r->request.n_days == 1)
        snprintf(words, WORDS_LONG, "%s %s", date_weekday_name(from->date), first);
    else
        snprintf(words, WORDS_LONG, "%s – %s", first, last);
}

/* Within a tenth, or five minutes, nothing has changed that a wearer would feel. */
static enum words_change change(double value, double usual)
{
    if (!isfinite(value) || !isfinite(usual)) return CHANGE_UNKNOWN;
    double slack = fmax(5, 0.1 * usual);
    if (fabs(value - usual) <= slack) return CHANGE_SAME;
    return value < usual ? CHANGE_LESS : CHANGE_MORE;
}

static void compare(const struct report *r, double value_min, double usual_min, double usual_share,
                    struct words_headline *h)
{
    static const char *const names[] = {"", "less than", "about as", "more than"};
    const char *when = r->request.n_days == 1 ? "usual" : "the week before";
    char usual[WORDS_SHORT], share[WORDS_SHORT];
    h->change = r->usual.days >= 3 ? change(value_min, usual_min) : CHANGE_UNKNOWN;
    if (h->change == CHANGE_UNKNOWN) return;
    words_duration(usual_min, usual);
    words_share(usual_share, share);
    if (isfinite(usual_share))
        snprintf(h->compare, sizeof h->compare, "%s %s (%s, %s)", names[h->change], when, usual, share);
    else
        snprintf(h->compare, sizeof h->compare, "%s %s (%s)", names[h->change], when, usual);
}

static void headline_longest(const struct report *r, const struct sums *sums, struct words_headline *h)
{
    char clock[WORDS_SHORT];
    words_duration(sums->bouts ? sums->longest_min : NAN, h->figure);
    if (!sums->longest_day) return;
    struct report_date date = sums->longest_day->date;
    words_clock(sums->longest_day->longest->from_local_min, clock);
    if (r->request.n_days == 1)
        snprintf(h->detail, sizeof h->detail, "from %s", clock);
    else
        snprintf(h->detail, sizeof h->detail, "%s %d, from %s", date_weekday_name(date), date.day, clock);
}

void words_headline(const struct report *r, struct words_headline h[HEADLINES])
{
    struct sums sums;
    char share[WORDS_SHORT];
    bool one = r->request.n_days == 1;
    sums_of(r->day, r->request.n_days, &sums);
    double sitting_min = one ? sums.posture_min[POSTURE_SITTING] : sums.sitting_a_day_min;
    double slouch_min = one ? sums.slouch_min : sums.slouch_a_day_min;
    bool comparable = sums.days_worn > 0;

    memset(h, 0, HEADLINES * sizeof *h);
    h[0].label = one ? "Sitting" : "Sitting a day";
    h[1].label = "Longest stretch";
    h[2].label = one ? "Slouched" : "Slouched a day";
    words_duration(sitting_min, h[0].figure);
    headline_longest(r, &sums, &h[1]);
    words_duration(slouch_min, h[2].figure);
    words_share(sums.slouch_share, share);
    if (isfinite(sums.slouch_share)) snprintf(h[2].detail, sizeof h[2].detail, "%s of sitting", share);
    if (!comparable) return;
    compare(r, sitting_min, r->usual.sitting_min, NAN, &h[0]);
    if (one && sums.bouts) compare(r, sums.longest_min, r->usual.longest_min, NAN, &h[1]);
    compare(r, slouch_min, r->usual.slouch_min, r->usual.slouch_share, &h[2]);
}
