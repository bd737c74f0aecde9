/* recording — an import file's samples on the wearer's time: when each was, and what is missing in between. */
#ifndef PLUMBLINE_RECORDING_H
#define PLUMBLINE_RECORDING_H

#include "import.h"
#include "plumbline/sensor.h"

struct recording_options {
    int64_t start_s;      /* wall time of the first sample; INT64_MIN: as the recording says */
    double rate_hz;       /* for one without a clock; 0 not said */
    int64_t from_s, to_s; /* only what lies between, wall time */
};

struct recording {
    struct recording_options options;
    struct import_file *file;
    struct timebase timebase;
    bool started, past; /* past: a sample behind to_ns has come; there is no way back */
    int64_t to_ns;      /* from options.to_s; may be brought nearer on the way */
    /* of the samples that lie between, so far; wall time */
    bool on_change; /* some speak on change: their rate says nothing */
    uint64_t samples, gaps;
    int64_t first_ns, last_ns, missing_ns;
};

/* As import_open(). R is the caller's. */
int recording_open(struct recording *r, const char *path, const struct import_format *format,
                   const struct import_options *io, const struct recording_options *o, char why[256]);
/* Up to MAX samples that lie between; 0 at the end, or a negative errno with WHY. */
int recording_read(struct recording *r, struct raw_sample *out, int max, char why[256]);
void recording_close(struct recording *r);

#endif
