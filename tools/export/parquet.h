/* parquet — a table as an Apache Parquet file, with zlib alone.
 * The format: https://github.com/apache/parquet-format, README.md (file layout), src/main/thrift/parquet.thrift
 * (headers), Encodings.md (PLAIN, DELTA_BINARY_PACKED; RLE for definition levels), LogicalTypes.md, Compression.md
 * (GZIP).
 *
 * "PAR1", row groups, footer, its length in 4 bytes, "PAR1". A row group holds each column in one piece, which is one
 * data page of version 1: the definition levels where the column is nullable (1 bit a row, "RLE"), then the values that
 * are known: integers of 64 bits packed (delta.h), others PLAIN (little-endian; booleans 1 bit; text after its length).
 * Pages carry a CRC-32; columns but text the smallest and the largest value.
 *
 *   EXPORT_TIME  INT64, TIMESTAMP(isAdjustedToUTC, MICROS)    EXPORT_F32   FLOAT
 *   EXPORT_I16   INT32, INTEGER(16, signed)                   EXPORT_TEXT  BYTE_ARRAY, STRING
 *   EXPORT_I32   INT32                                        EXPORT_BOOL  BOOLEAN
 *   EXPORT_I64   INT64
 */
#ifndef EXPORT_PARQUET_H
#define EXPORT_PARQUET_H

#include "export.h"

enum parquet_codec { PARQUET_UNCOMPRESSED = 0, PARQUET_GZIP = 2 };

/* Rows of a group; fewer where its text would make it larger than PARQUET_GROUP_BYTES. DuckDB reads a group a
 * thread. */
enum { PARQUET_GROUP_ROWS = 131072, PARQUET_GROUP_BYTES = 16 << 20 };

struct parquet;
/* 0 or −ENOMEM. Writes from OUT's present place on, and never seeks. */
int parquet_open(FILE *out, const struct export_table *t, enum parquet_codec codec, struct parquet **p);
int parquet_row(struct parquet *p, const struct export_cell *row);
/* For the footer; the first value of a KEY counts. 0 or −ENOMEM. */
int parquet_note(struct parquet *p, const char *key, const char *value);
/* The last row group and the footer; without it there is no Parquet file. 0 or a negative errno. */
int parquet_finish(struct parquet *p);
void parquet_close(struct parquet *p); /* NULL is fine */

#endif
