/* The table of formats, and a file read through one of them. */
#include "import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

const struct import_format *const import_formats[] = {&cwa_format, &witmotion_sd_format, &own_format, &csv_format,
                                                     NULL};

const struct import_format *import_find(const char *name)
{
    for (const struct import_format *const *f = import_formats; *f; f++)
        if (strcmp((*f)->name, name) == 0) return *f;
    return NULL;
}

const struct import_format *import_detect(const uint8_t *head, size_t n)
{
    for (const struct import_format *const *f = import_formats; *f; f++)
        if ((*f)->fits(head, n)) return *f;
    return NULL;
}

/* Days since 2000-01-01 in the Gregorian calendar. Years run from March, so that the leap day is a year's last. */
static int64_t days_of(int year, int month, int day)
{
    enum { FIRST = 730425 }; /* the same sum for 2000-01-01 */
    int y = month > 2 ? year : year - 1, m = (month + 9) % 12;
    return (int64_t)365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - FIRST;
}

bool import_date(const int d[6], int64_t *ns)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (d[0] < 1970 || d[0] > 2070 || d[1] < 1 || d[1] > 12 || d[2] < 1) return false;
    bool leap = d[0] % 4 == 0 && (d[0] % 100 != 0 || d[0] % 400 == 0);
    if (d[2] > length[d[1] - 1] + (leap && d[1] == 2)) return false;
    if (d[3] < 0 || d[3] > 23 || d[4] < 0 || d[4] > 59 || d[5] < 0 || d[5] > 60) return false;
    *ns = SECONDS_NS(((days_of(d[0], d[1], d[2]) * 24 + d[3]) * 60 + d[4]) * 60 + d[5]);
    return true;
}

/* ---- an open recording ------------------------------------------------------------------------------------------- */

struct import_file {
    const struct import_format *format;
    void *state;
    gzFile in;
    int64_t size; /* of the file, 0 unknown */
    uint8_t *bytes;
    size_t n, at; /* bytes[at .. n) are still to be decoded */
    bool ended, cut_off;
};

static bool is_utf16(const uint8_t *b, size_t n)
{
    return n >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff));
}

/* What can be said of a file that no format knows. */
static int unknown(const uint8_t *head, size_t n, char why[256])
{
    const char *text =
        "no recording that is known here: .cwa, a WitMotion log or a table of numbers; name it with --as";
    if (n == 0)
        text = "it is empty";
    else if (is_utf16(head, n))
        text = "it is text in UTF-16: save it as UTF-8 and try again";
    else if (n >= 4 && !memcmp(head, "PK\3\4", 4))
        text = "it is a ZIP or a spreadsheet: unpack it, or save the sheet as CSV";
    snprintf(why, 256, "%s", text);
    return -EINVAL;
}

static int begin(struct import_file *f, const struct import_options *o, char why[256])
{
    int n = gzread(f->in, f->bytes, IMPORT_HEAD);
    if (n < 0) return snprintf(why, 256, "it cannot be read; is it damaged?"), -EIO;
    f->n = (size_t)n;
    if (!f->format) f->format = import_detect(f->bytes, f->n);
    if (!f->format) return unknown(f->bytes, f->n, why);
    f->state = calloc(1, f->format->size());
    if (!f->state) return snprintf(why, 256, "out of memory"), -ENOMEM;
    return f->format->begin(f->state, f->bytes, f->n, o, why);
}

int import_open(const char *path, const struct import_format *format, const struct import_options *o,
                struct import_file **out, char why[256])
{
    struct stat st;
    if (stat(path, &st)) return snprintf(why, 256, "%s", strerror(errno)), -errno;
    if (S_ISDIR(st.st_mode)) return snprintf(why, 256, "it is a folder; name the file in it"), -EISDIR;
    struct import_file *f = calloc(1, sizeof *f);
    if (f) f->bytes = malloc(IMPORT_HEAD);
    errno = ENOMEM;
    if (f && f->bytes) f->in = gzopen(path, "re");
    int failed = 0;
    if (!f || !f->in) failed = -errno, snprintf(why, 256, "%s", strerror(errno));
    if (!failed) f->format = format, f->size = st.st_size, failed = begin(f, o, why);
    if (failed)
        import_close(f);
    else
        *out = f;
    return failed;
}

/* More bytes; 0 at the end of the file. A gzip file that was cut off ends where it can no longer be unpacked. */
static int more_bytes(struct import_file *f)
{
    int n = gzread(f->in, f->bytes, IMPORT_HEAD), error = Z_OK;
    gzerror(f->in, &error);
    if (n < 0 && error != Z_BUF_ERROR && error != Z_DATA_ERROR) return -EIO;
    f->cut_off = f->cut_off || error != Z_OK;
    f->at = 0;
    f->n = n > 0 ? (size_t)n : 0;
    return (int)f->n;
}

int import_read(struct import_file *f, struct raw_sample *out, int max)
{
    size_t count = 0;
    while (!f->ended && count == 0) {
        int n = f->at < f->n ? 1 : more_bytes(f);
        if (n < 0) return n;
        f->ended = n == 0;
        if (n) f->at += f->format->push(f->state, f->bytes + f->at, f->n - f->at, out, (size_t)max, &count);
    }
    if (count == 0) count = f->format->finish(f->state, out, (size_t)max);
    return (int)count;
}

void import_told(const struct import_file *f, struct import_told *told)
{
    memset(told, 0, sizeof *told);
    f->format->told(f->state, told);
    told->cut_off = f->cut_off;
}

const struct import_format *import_format_of(const struct import_file *f) { return f->format; }

int import_percent(const struct import_file *f)
{
    return f->size > 0 ? (int)(100 * (int64_t)gzoffset(f->in) / f->size) : 100;
}

void import_close(struct import_file *f)
{
    if (!f) return;
    if (f->in) gzclose(f->in);
    free(f->bytes);
    free(f->state);
    free(f);
}
