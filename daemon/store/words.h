/* words — what the store says to a person: what is wrong and what to do about it. */
#ifndef STORE_WORDS_H
#define STORE_WORDS_H

#include "segment.h"

#include <stdint.h>

/* The last failing write; empty for ERROR 0. */
void words_error(char text[160], int error, const char *path, int64_t floor_bytes);
/* Why store_open() failed. */
void words_open(char why[256], int error, const char *path);
/* Why store_repair() could not write into PATH. */
void words_repair(char why[256], int error, const char *path);
void words_locked(char why[256], int pid, const char *path);
/* Why the diary cannot be read. */
const char *words_diary(int error);
/* A damaged diary was moved aside to NAME; the new one has so much of it. */
void words_damaged(char text[160], const char *name, uint64_t minutes, uint64_t entries);
/* What was mended on opening; SAMPLES with those of the ring, AWAY as diary_writer_open() says it. */
void words_recovered(char text[160], uint64_t samples, const struct segment_mended *mended, const char *away);

#endif
