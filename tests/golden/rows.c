/* golden-rows: every column of every minute and event in a diary, to the last bit, a row a line.
 * Usage: golden-rows [--wipe] DATA   (--wipe: then takes minutes and derived events away) */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static int fail(sqlite3 *db, const char *path)
{
    fprintf(stderr, "golden-rows: %s: %s\n", path, sqlite3_errmsg(db));
    return 2;
}

static void print_row(sqlite3_stmt *row)
{
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        if (i) putchar('\t');
        if (sqlite3_column_type(row, i) == SQLITE_FLOAT) printf("%a", sqlite3_column_double(row, i));
        else printf("%s", sqlite3_column_type(row, i) == SQLITE_NULL ? "null" : (const char *)sqlite3_column_text(row, i));
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    static const char *const tables[] = {"SELECT * FROM minute ORDER BY minute", "SELECT * FROM event ORDER BY kind,start_run_ns,id"};
    char path[1024];
    sqlite3 *db;
    sqlite3_stmt *row;
    int wipe = argc == 3 && !strcmp(argv[1], "--wipe");
    if (argc != 2 + wipe) return fprintf(stderr, "usage: golden-rows [--wipe] DATA\n"), 2;
    snprintf(path, sizeof path, "%s/plumbline.db", argv[1 + wipe]);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) return fail(db, path);
    for (int i = 0; i < 2; i++) {
        if (sqlite3_prepare_v2(db, tables[i], -1, &row, NULL) != SQLITE_OK) return fail(db, path);
        while (sqlite3_step(row) == SQLITE_ROW) print_row(row);
        if (sqlite3_finalize(row) != SQLITE_OK) return fail(db, path);
    }
    if (wipe && sqlite3_exec(db, "DELETE FROM minute; DELETE FROM event WHERE kind<12", NULL, NULL, NULL) != SQLITE_OK)
        return fail(db, path);
    return sqlite3_close(db) == SQLITE_OK ? 0 : 2;
}
