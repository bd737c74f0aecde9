/* Invariants: C holds only whole, checked items, ids unique; a stanza with any fault adds nothing. libinih splits lines
 * into keys; our reader hands them over one by one, so that each fault has its line, and refuses what libinih would
 * quietly cut (long lines) or join (indented ones). */
#include "catalogue_values.h"

#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct parser {
    struct catalogue *catalogue;
    const char *rest;
    int line, faults, fault_line; /* a line counts as one fault */
    void (*tell)(void *arg, int line, const char *what);
    void *arg;
    struct stanza stanza; /* the one being read */
    bool open, broken;    /* inside a stanza; it has a fault */
};

static void fault(struct parser *p, const char *what)
{
    p->broken = true;
    if (p->fault_line == p->line) return;
    p->fault_line = p->line;
    p->faults++;
    p->tell(p->arg, p->line, what);
}

__attribute__((format(printf, 2, 3))) static void fault_of(struct parser *p, const char *format, ...)
{
    char what[CATALOGUE_FAULT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    fault(p, what);
}

/* libinih's handler: 1 goes on. */
static int take_key(void *user, const char *section, const char *name, const char *value)
{
    struct parser *p = user;
    char why[CATALOGUE_FAULT_MAX];
    (void)section;
    if (!p->open)
        fault_of(p, "'%.20s' stands before the first [id]", name);
    else if (!catalogue_values_take(&p->stanza, name, value, why))
        fault(p, why);
    return 1;
}

/* ---- stanzas ----------------------------------------------------------------------------------------------------- */

static unsigned place_of(const struct catalogue *c, const char *id)
{
    unsigned i = 0;
    while (i < c->n && strcmp(c->item[i].id, id) != 0) i++;
    return i;
}

static void keep(struct parser *p)
{
    struct catalogue *c = p->catalogue;
    unsigned i = place_of(c, p->stanza.item.id);
    if (i == CATALOGUE_MAX) {
        fault_of(p, "more than %d items", CATALOGUE_MAX);
        return;
    }
    if (c->own) catalogue_values_be_careful(&p->stanza, i < c->n ? &c->item[i] : NULL);
    c->item[i] = p->stanza.item;
    c->item[i].own = c->own;
    if (i == c->n) c->n++;
}

static void take_away(struct parser *p)
{
    struct catalogue *c = p->catalogue;
    unsigned i = place_of(c, p->stanza.item.id);
    if (i == c->n) {
        fault_of(p, "[%s] off: there is no such item", p->stanza.item.id);
        return;
    }
    memmove(&c->item[i], &c->item[i + 1], (c->n - i - 1) * sizeof c->item[0]);
    c->n--;
}

static void end_stanza(struct parser *p)
{
    char why[CATALOGUE_FAULT_MAX];
    if (!p->open) return;
    p->open = false;
    if (p->stanza.off && !p->broken) {
        take_away(p);
        return;
    }
    if (!p->broken && !catalogue_values_agree(&p->stanza, why)) fault(p, why);
    if (!p->broken) keep(p);
}

static void begin_stanza(struct parser *p, const char *line)
{
    size_t n = strspn(line + 1, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    memset(&p->stanza, 0, sizeof p->stanza);
    p->open = true;
    p->broken = false;
    if (n == 0 || n >= ITEM_ID_MAX || line[1 + n] != ']')
        fault_of(p, "expected [id], 1 to %d of a-z 0-9 _ -", ITEM_ID_MAX - 1);
    else
        memcpy(p->stanza.item.id, line + 1, n);
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static void look_at(struct parser *p, const char *line)
{
    const char *start = line + strspn(line, " \t\r\n");
    if (*start == 0 || *start == ';' || *start == '#') return;
    if (start > line)
        fault(p, "a line begins with a blank");
    else if (*line == '[') {
        p->line--;
        end_stanza(p);
        p->line++;
        begin_stanza(p, line);
    } else if (!strpbrk(line, "=:"))
        fault(p, "expected 'key = value'");
}

/* libinih's reader, as fgets(): the next line of the text, or NULL. A line that does not fit is cut and refused. */
static char *next_line(char *line, int size, void *user)
{
    struct parser *p = user;
    if (!*p->rest) return NULL;
    size_t length = strcspn(p->rest, "\n"), kept = length < (size_t)size - 2 ? length : (size_t)size - 2;
    memcpy(line, p->rest, kept);
    line[kept] = '\n';
    line[kept + 1] = 0;
    p->rest += length + (p->rest[length] == '\n');
    p->line++;
    look_at(p, line);
    if (kept < length) fault_of(p, "a line has more than %zu bytes", kept);
    return line;
}

int catalogue_check(struct catalogue *c, const char *text, void (*tell)(void *arg, int line, const char *what),
                    void *arg)
{
    struct parser p = {.catalogue = c, .rest = text, .tell = tell, .arg = arg};
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0) p.rest += 3; /* as some editors begin a file */
    ini_parse_stream(next_line, &p, take_key, &p);
    end_stanza(&p);
    return p.faults;
}

static void keep_first(void *arg, int line, const char *what)
{
    char *why = arg;
    if (!why[0]) snprintf(why, CATALOGUE_FAULT_MAX, "line %d: %s", line, what);
}

int catalogue_parse(struct catalogue *c, const char *text, char why[160])
{
    why[0] = 0;
    return catalogue_check(c, text, keep_first, why);
}

const struct item *catalogue_find(const struct catalogue *c, const char *id)
{
    unsigned i = place_of(c, id);
    return i < c->n ? &c->item[i] : NULL;
}
