/* diary — the SQLite file, as far as the one who writes and those who read have it in common: its schema, how it is
 * brought up to date, and how a minute lies in its row. Every table and column: docs/log-format.md. */
#ifndef STORE_DIARY_H
#define STORE_DIARY_H

#include "plumbline/diary.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

#define DIARY_FILE "plumbline.db"
#define DIARY_SUSPECT "-suspect" /* beside it: a reader found it damaged, the next writer looks through all of it */

/* PRAGMA user_version of the newest schema. */
int diary_version(void);
/* Brings DB to diary_version(), step by step, each in a transaction. 0, −EPROTO when a newer Plumbline wrote it, or a
 * negative errno. */
int diary_migrate(sqlite3 *db);

/* A row's columns, in the order of the table. NAN is NULL. */
enum diary_type { DIARY_I64, DIARY_I32, DIARY_U32, DIARY_U16, DIARY_BOOL, DIARY_F32, DIARY_F64 };
struct diary_column {
    const char *name;
    size_t offset; /* in the struct */
    enum diary_type type;
};
enum { DIARY_MINUTE_COLUMNS = 32, DIARY_DAY_COLUMNS = 75, DIARY_NAMES = 2048 };
extern const struct diary_column diary_minute[DIARY_MINUTE_COLUMNS]; /* struct minute */
extern const struct diary_column diary_day[DIARY_DAY_COLUMNS]; /* struct day_total; the table has version besides */
/* "minute,utc_offset_s,…" and "?,?,…" into TEXT. */
void diary_names(const struct diary_column *columns, int n, char text[DIARY_NAMES]);
void diary_marks(int n, char text[2 * DIARY_DAY_COLUMNS + 4]);
/* To the parameters from 1 on, and from the columns from 0 on. */
void diary_bind(sqlite3_stmt *stmt, const struct diary_column *columns, int n, const void *from);
void diary_take(sqlite3_stmt *stmt, const struct diary_column *columns, int n, void *to);

/* A negative errno for what SQLite said. */
int diary_errno(sqlite3 *db, int result);
/* What HOW ("quick_check" or "integrity_check") says of the whole file: 0, −EBADMSG, or another negative errno. */
int diary_check(sqlite3 *db, const char *how);
/* As diary_copy(), of a connection. */
int diary_copy_open(sqlite3 *from, const char *to);

/* ---- reading ----------------------------------------------------------------------------------------------------- */

struct diary {
    sqlite3 *db;
    int version; /* of the schema */
};

/* ---- totals of days ---------------------------------------------------------------------------------------------- */

/* Makes at most MOST totals that the table lacks, of the days that are over: those about which nothing more is awaited.
 * To be called within a transaction. 1 when it made that many (there may be more), 0, or a negative errno. */
int diary_days_fill(sqlite3 *db, int most);

/* ---- a damaged file ---------------------------------------------------------------------------------------------- */

struct diary_salvaged {
    uint64_t rows, minutes, entries;
};
/* Puts all rows that can still be read of the file DAMAGED (and of its -wal) into TO, in one transaction; what is there
 * already is replaced. DAMAGED is not touched, COPY is a path for a copy that is removed again. 0 or a negative errno
 * of writing; what cannot be read is no error. */
int diary_salvage(sqlite3 *to, const char *damaged, const char *copy, struct diary_salvaged *out);

/* ---- writing: one transaction at a time, on the store's thread --------------------------------------------------- */

struct diary_writer;
/* Opens, makes or mends the diary in the folder ROOT. A file that is damaged is moved aside, a new one begun with what
 * can be read of it, and AWAY says so (else it is empty). SUSPECT: look through the whole file, as after an unclean
 * end. 0 or a negative errno. */
int diary_writer_open(const char *root, bool suspect, struct diary_writer **w, char away[160]);
/* A new and empty one that lies nowhere and ends with diary_writer_close(), to set beside another: its connection. */
int diary_writer_open_scratch(struct diary_writer **w, sqlite3 **db);
void diary_writer_close(struct diary_writer *w);
/* FULLY: on the disk when the transaction ends (what a person entered); else with the next checkpoint. */
int diary_writer_begin(struct diary_writer *w, bool fully);
/* Puts one record (enum record_type); a type that is not the diary's is no error. */
int diary_writer_put(struct diary_writer *w, uint32_t type, const void *record);
int diary_writer_end(struct diary_writer *w);
/* Makes some of the totals of days that have become due. Between transactions. 1 when there may be more, 0, or a
 * negative errno. */
int diary_writer_fill(struct diary_writer *w);
void diary_writer_undo(struct diary_writer *w);

#endif
