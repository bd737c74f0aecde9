/* Invariants: a bit is in at most one of yes and no; only letters of health_codes are in either; nothing here promises,
 * blames or names an illness that somebody might have. */
#include "plumbline/health.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { DAY_S = 86400, WEEK_S = 7 * DAY_S };
/* Ostelo 2008: minimal important change of a 0–10 scale. */
static const double change_points = 2, change_share = 0.3;

const struct health_code health_codes[HEALTH_CODES] = {
    {'f', "A broken bone, or an operation, in the last few months?", "fracture or operation"},
    {'i', "A fresh injury, or something swollen?", "fresh injury or swelling"},
    {'w', "An open wound, or a skin infection?", "wound or skin infection"},
    {'e', "A fever at the moment?", "fever"},
    {'r', "Pain that runs down an arm or a leg, or numbness there?", "radiating pain or numbness"},
    {'k', "Knee trouble?", "knee trouble"},
    {'s', "A shoulder that slips out, or feels as if it would?", "unstable shoulder"},
    {'o', "Weak bones that break easily (osteoporosis)?", "osteoporosis"},
    {'d', "A blood clot (thrombosis), or medicine that thins the blood?", "clot or blood thinners"},
    {'b', "Blood pressure that is too high and not under control?", "high blood pressure"},
    {'v', "Dizzy spells, or trouble with the blood vessels of the neck?", "dizziness"},
    {'c', "Cancer, now or in the past?", "cancer"},
    {'p', "Pregnant?", "pregnancy"},
};

const struct health_flag health_flags[HEALTH_FLAGS] = {
    {"saddle-numbness", "Numb between the legs, where a saddle would touch?", true},
    {"bladder-bowel", "New trouble holding or passing urine or stool?", true},
    {"leg-weakness", "A leg, or both, that has become weak or gets weaker?", true},
    {"major-trauma", "A bad fall or accident before it began? With weak bones: any fall?", false},
    {"cancer-history", "Back pain that is new, and cancer at any time?", false},
    {"fever", "Fever or chills along with the back pain?", false},
    {"weight-loss", "Weight lost without wanting to?", false},
    {"immune", "Steroids, a weak immune system, or drugs by needle?", false},
    {"night-pain", "Pain at night, or that never eases, even at rest?", false},
    {"age", "Pain that is new, and you are under 20 or over 50?", false},
};

const char *health_flag_advice(bool emergency)
{
    return emergency ? "Please call the emergency services, or go to an emergency department, now. Do not wait."
                     : "Please see a clinician before you exercise. It is often harmless; it is worth a look.";
}

bool health_is_letter(char letter)
{
    for (int i = 0; i < HEALTH_CODES; i++)
        if (health_codes[i].letter == letter) return true;
    return false;
}

void health_names(uint32_t bits, char *out, size_t size)
{
    size_t n = 0;
    out[0] = 0;
    for (int i = 0; i < HEALTH_CODES; i++) {
        const char *separator = n ? ", " : "", *name = health_codes[i].name;
        if (!(bits & HEALTH_BIT(health_codes[i].letter)) || n + strlen(separator) + strlen(name) >= size) continue;
        n += (size_t)snprintf(out + n, size - n, "%s%s", separator, name);
    }
}

static uint32_t all_codes(void)
{
    uint32_t all = 0;
    for (int i = 0; i < HEALTH_CODES; i++) all |= HEALTH_BIT(health_codes[i].letter);
    return all;
}

bool health_answer(struct health *h, const char *text)
{
    uint32_t yes = 0, open = 0;
    bool none = !strcmp(text, "none");
    for (const char *p = none ? "" : text; *p; p++) {
        if (*p == ' ' || *p == ',') continue;
        bool left_open = *p == '?';
        if (left_open) p++;
        if (!*p || !health_is_letter(*p)) return false;
        *(left_open ? &open : &yes) |= HEALTH_BIT(*p);
    }
    h->answered = none || yes || open;
    h->yes = yes;
    h->no = h->answered ? all_codes() & ~yes & ~open : 0;
    return true;
}

void health_text(const struct health *h, char text[HEALTH_TEXT_MAX])
{
    size_t n = 0;
    text[0] = 0;
    if (!h->answered) return;
    for (int i = 0; i < HEALTH_CODES; i++) {
        uint32_t b = HEALTH_BIT(health_codes[i].letter);
        if (h->no & b) continue;
        if (n) text[n++] = ' ';
        if (!(h->yes & b)) text[n++] = '?';
        text[n++] = health_codes[i].letter;
    }
    text[n] = 0;
    if (!n) memcpy(text, "none", sizeof "none");
}

int health_flag_find(const char *id)
{
    for (int i = 0; i < HEALTH_FLAGS; i++)
        if (!strcmp(health_flags[i].id, id)) return i;
    return -1;
}

bool health_note_flag(struct health *h, const char *id, bool noted)
{
    if (!id[0] && !noted) return h->red = 0, true;
    int i = health_flag_find(id);
    if (i < 0) return false;
    h->red = noted ? h->red | 1u << i : h->red & ~(1u << i);
    return true;
}

void health_unite(struct health *h, uint32_t contra)
{
    h->no = h->answered ? h->no & ~contra : all_codes() & ~contra;
    h->yes |= contra;
    h->answered = true;
}

uint32_t health_contra(const struct health *h)
{
    return h->yes | (h->answered ? HEALTH_HARMFUL & ~h->no : 0);
}

bool health_emergency(const struct health *h)
{
    for (int i = 0; i < HEALTH_FLAGS; i++)
        if (health_flags[i].emergency && h->red >> i & 1) return true;
    return false;
}

const char *health_against_range(const struct health *h, int pain)
{
    if (h->red) return health_flag_advice(health_emergency(h));
    if (h->yes & (HEALTH_BIT('r') | HEALTH_BIT('v') | HEALTH_BIT('f') | HEALTH_BIT('i')))
        return "Please leave this out for now: you noted something that bending to the end could stir up.";
    if (pain >= HEALTH_MUCH_PAIN) return "Please leave this out today: you noted much pain.";
    return NULL;
}

/* ---- areas ------------------------------------------------------------------------------------------------------- */

const char health_areas[] =
    "neck, shoulder, upper-back, low-back, chest, arm, hip, glute, thigh, knee, calf, leg, ankle or foot";

const char *health_area(const char *word)
{
    /* as daemon/coach/region.c knows them; a hyphen spares the shell's quotes */
    static const char *const areas[] = {"neck",  "shoulder", "upper back", "low back", "chest", "arm",   "hip",
                                        "glute", "thigh",    "knee",       "calf",     "leg",   "ankle", "foot"};
    char plain[24];
    if (snprintf(plain, sizeof plain, "%s", word) >= (int)sizeof plain) return NULL;
    for (char *p = plain; *p; p++)
        if (*p == '-') *p = ' ';
    if (!strcasecmp(plain, "lower back")) return "low back";
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
        if (!strcasecmp(plain, areas[i])) return areas[i];
    return NULL;
}

/* ---- pain -------------------------------------------------------------------------------------------------------- */

/* Of those from FROM_S to before TO_S; false without any. */
static bool mean_of(const struct rating *s, size_t n, int64_t from_s, int64_t to_s, double *mean)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i].wall_s < from_s || s[i].wall_s >= to_s || s[i].value < 0) continue;
        sum += s[i].value;
        count++;
    }
    *mean = count ? sum / (double)count : 0;
    return count > 0;
}

static bool rising(const struct rating *s, size_t n, int64_t now_s)
{
    double before, now;
    if (!mean_of(s, n, now_s - 2 * WEEK_S, now_s - WEEK_S, &before)) return false;
    if (!mean_of(s, n, now_s - WEEK_S, now_s + 1, &now)) return false;
    return now - before >= change_points && now >= before * (1 + change_share);
}

/* More than six weeks: seven in a row, each with some pain. */
static bool lasting(const struct rating *s, size_t n, int64_t now_s)
{
    double mean;
    for (int week = 0; week < 7; week++) {
        int64_t to_s = now_s + 1 - (int64_t)week * WEEK_S;
        if (!mean_of(s, n, to_s - WEEK_S, to_s, &mean) || mean <= 0) return false;
    }
    return true;
}

enum health_pain health_pain_look(const struct rating *ratings, size_t n, int64_t now_s)
{
    const struct rating *newest = NULL;
    for (size_t i = 0; i < n; i++)
        if (ratings[i].wall_s <= now_s && ratings[i].wall_s > now_s - DAY_S) newest = &ratings[i];
    if (newest && newest->value >= HEALTH_MUCH_PAIN) return HEALTH_PAIN_HIGH;
    if (rising(ratings, n, now_s)) return HEALTH_PAIN_RISING;
    return lasting(ratings, n, now_s) ? HEALTH_PAIN_LASTING : HEALTH_PAIN_NONE;
}

const char *health_pain_advice(enum health_pain p)
{
    switch (p) {
    case HEALTH_PAIN_HIGH: return "That is a lot. If it stays or grows, please talk to a clinician.";
    case HEALTH_PAIN_RISING: return "It has grown over the last week. Please talk to a clinician or a physiotherapist.";
    case HEALTH_PAIN_LASTING:
        return "It has been with you for over six weeks. Please talk to a clinician or a physiotherapist.";
    case HEALTH_PAIN_NONE: break;
    }
    return "";
}
