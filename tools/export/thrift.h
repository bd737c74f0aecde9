/* thrift — Apache Thrift's compact protocol, as far as Parquet's headers want it; written to a FILE as it comes.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 *
 * Fields of a struct are given in rising order of their numbers. The stream's error flag tells of failures.
 */
#ifndef EXPORT_THRIFT_H
#define EXPORT_THRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum thrift_type {
    THRIFT_TRUE = 1,
    THRIFT_FALSE,
    THRIFT_I8,
    THRIFT_I32 = 5,
    THRIFT_I64,
    THRIFT_BINARY = 8,
    THRIFT_LIST,
    THRIFT_STRUCT = 12
};
enum { THRIFT_DEPTH = 8 };

struct thrift {
    FILE *out;
    uint64_t bytes; /* written so far */
    unsigned depth;
    int last[THRIFT_DEPTH]; /* number of the field that came last, a struct each */
};

/* The message itself, or an element of a list; ended by thrift_end as every struct. */
void thrift_begin(struct thrift *t);
void thrift_end(struct thrift *t);

void thrift_bool(struct thrift *t, int field, bool v);
void thrift_i8(struct thrift *t, int field, int8_t v);
void thrift_i32(struct thrift *t, int field, int32_t v);
void thrift_i64(struct thrift *t, int field, int64_t v);
void thrift_binary(struct thrift *t, int field, const void *bytes, size_t n);
void thrift_text(struct thrift *t, int field, const char *text);
void thrift_struct(struct thrift *t, int field);
/* N elements follow: thrift_begin … thrift_end, or those below. */
void thrift_list(struct thrift *t, int field, enum thrift_type type, size_t n);
void thrift_element_i32(struct thrift *t, int32_t v);
void thrift_element_text(struct thrift *t, const char *text);

#endif
