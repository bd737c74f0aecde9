/* Which device a person means, and what that does to the file. */
#include "plumbline/sensor.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

__attribute__((format(printf, 3, 4))) static int tell(char text[256], int result, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(text, 256, format, args);
    va_end(args);
    return result;
}

static const char *port_of(const struct device_info *d)
{
    const char *colon = strchr(d->address, ':');
    return colon ? colon + 1 : d->address;
}

static const struct device_info *named(const char *word, const struct device_info *present, int n)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(word, present[i].key) || !strcmp(word, present[i].address) || !strcmp(word, port_of(&present[i])))
            return &present[i];
    return NULL;
}

/* What may be asked about: the others open by themselves, or only by name. */
static bool open_question(struct pairings *list, const struct device_info *d)
{
    const struct pairing *p = pairing_find(list, d->key);
    return (d->class == DEVICE_BRIDGE || d->class == DEVICE_BOARD) && d->key[0] && (!p || p->answer == PAIRING_ASKED);
}

static int only_one(struct pairings *list, const struct device_info *present, int n, const struct device_info **d,
                    char text[256])
{
    int found = 0;
    for (int i = 0; i < n; i++)
        if (open_question(list, &present[i]) && !found++) *d = &present[i];
    if (found == 1) return 0;
    return found ? tell(text, -EINVAL, "there are %d; say which, as 'plumbline devices pair %s'", found, port_of(*d))
                 : tell(text, -ENOENT, "nothing new is plugged in; 'plumbline devices' lists what is here");
}

/* Sets KEY (and D when it is present). */
static int find(struct pairings *list, const char *word, const struct device_info *present, int n, const char **key,
                const struct device_info **d, char text[256])
{
    *d = NULL;
    if (!word[0]) {
        int failed = only_one(list, present, n, d, text);
        if (failed) return failed;
    } else {
        *d = named(word, present, n);
    }
    *key = *d ? (*d)->key : word;
    if (*d && !(*d)->key[0])
        return tell(text, -ENOTSUP, "%.64s is not on USB and cannot be told from others; set 'device' to it",
                    port_of(*d));
    if (!*d && !pairing_find(list, word))
        return tell(text, -ENOENT, "'%.64s' is neither plugged in nor known; 'plumbline devices' lists what is", word);
    return 0;
}

static int change_list(struct pairings *list, enum pairing_change change, const char *key, const struct device_info *d,
                       char text[256])
{
    const char *about = d ? d->description : "";
    if (change == PAIRING_FORGET)
        return pairing_remove(list, key) ? tell(text, 0, "forgot %s; it will be asked about again", key)
                                         : tell(text, -ENOENT, "%s was not known", key);
    struct pairing *p = pairing_add(list, key, about);
    if (!p) return tell(text, -ENOSPC, "64 devices are known already; forget one: plumbline devices forget KEY");
    p->answer = change == PAIRING_PAIR ? PAIRING_YES : PAIRING_NEVER;
    return change == PAIRING_PAIR ? tell(text, 0, "paired %s %s", key, about)
                                  : tell(text, 0, "%s %s will be left alone", key, about);
}

int pairing_change(const char *path, enum pairing_change change, const char *word, const struct device_info *present,
                   int n, char text[256])
{
    static struct pairings list; /* 14 KB: kept off the stack */
    const struct device_info *d;
    const char *key;
    int failed = pairing_read(&list, path, stderr);
    if (failed > 0)
        return tell(text, -EINVAL, "%.180s has %d line%s to mend first", path, failed, failed > 1 ? "s" : "");
    if (failed < 0) return tell(text, failed, "%.180s: %s", path, strerror(-failed));
    failed = find(&list, word, present, n, &key, &d, text);
    if (!failed) failed = change_list(&list, change, key, d, text);
    if (failed) return failed;
    failed = pairing_write(&list, path);
    return failed ? tell(text, failed, "%.180s: %s", path, strerror(-failed)) : 0;
}
