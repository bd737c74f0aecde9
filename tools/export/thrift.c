#include "thrift.h"

#include <string.h>

static void put(struct thrift *t, const void *bytes, size_t n)
{
    fwrite(bytes, 1, n, t->out);
    t->bytes += n;
}

static void put_byte(struct thrift *t, uint8_t v) { put(t, &v, 1); }

static void put_varint(struct thrift *t, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) put_byte(t, (uint8_t)(v | 0x80));
    put_byte(t, (uint8_t)v);
}

/* Small numbers of either sign become small: 0, −1, 1, −2 … as 0, 1, 2, 3 … */
static void put_zigzag(struct thrift *t, int64_t v) { put_varint(t, (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0)); }

static void put_field(struct thrift *t, int field, enum thrift_type type)
{
    int step = field - t->last[t->depth - 1];
    if (step >= 1 && step <= 15) {
        put_byte(t, (uint8_t)(step << 4 | (int)type));
    } else {
        put_byte(t, (uint8_t)type);
        put_zigzag(t, field);
    }
    t->last[t->depth - 1] = field;
}

static void put_text(struct thrift *t, const void *bytes, size_t n)
{
    put_varint(t, n);
    put(t, bytes, n);
}

void thrift_begin(struct thrift *t) { t->last[t->depth++] = 0; }

void thrift_end(struct thrift *t)
{
    put_byte(t, 0);
    t->depth--;
}

void thrift_bool(struct thrift *t, int field, bool v) { put_field(t, field, v ? THRIFT_TRUE : THRIFT_FALSE); }

void thrift_i8(struct thrift *t, int field, int8_t v)
{
    put_field(t, field, THRIFT_I8);
    put_byte(t, (uint8_t)v);
}

void thrift_i32(struct thrift *t, int field, int32_t v)
{
    put_field(t, field, THRIFT_I32);
    put_zigzag(t, v);
}

void thrift_i64(struct thrift *t, int field, int64_t v)
{
    put_field(t, field, THRIFT_I64);
    put_zigzag(t, v);
}

void thrift_binary(struct thrift *t, int field, const void *bytes, size_t n)
{
    put_field(t, field, THRIFT_BINARY);
    put_text(t, bytes, n);
}

void thrift_text(struct thrift *t, int field, const char *text) { thrift_binary(t, field, text, strlen(text)); }

void thrift_struct(struct thrift *t, int field)
{
    put_field(t, field, THRIFT_STRUCT);
    thrift_begin(t);
}

void thrift_list(struct thrift *t, int field, enum thrift_type type, size_t n)
{
    put_field(t, field, THRIFT_LIST);
    if (n < 15) {
        put_byte(t, (uint8_t)(n << 4 | type));
    } else {
        put_byte(t, (uint8_t)(0xf0 | type));
        put_varint(t, n);
    }
}

void thrift_element_i32(struct thrift *t, int32_t v) { put_zigzag(t, v); }
void thrift_element_text(struct thrift *t, const char *text) { put_text(t, text, strlen(text)); }
