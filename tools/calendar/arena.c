#include "arena.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16, LIMIT = 24 << 20, ALIGN = 16 };

struct arena_block {
    struct arena_block *before;
    size_t size;
    _Alignas(ALIGN) char bytes[];
};

void *arena_get(struct arena *a, size_t n)
{
    n = (n + ALIGN - 1) / ALIGN * ALIGN;
    if (n > LIMIT) return NULL;
    if (n > a->left) {
        size_t size = n > BLOCK ? n : BLOCK;
        if (a->all + size > LIMIT) return NULL;
        struct arena_block *block = calloc(1, sizeof *block + size);
        if (!block) return NULL;
        block->before = a->blocks;
        block->size = a->left = size;
        a->blocks = block;
        a->all += size;
    }
    char *p = a->blocks->bytes + a->blocks->size - a->left;
    a->left -= n;
    return p;
}

char *arena_text(struct arena *a, const char *text)
{
    size_t n = strlen(text) + 1;
    char *p = arena_get(a, n);
    return p ? memcpy(p, text, n) : NULL;
}

void arena_free(struct arena *a)
{
    for (struct arena_block *before; a->blocks; a->blocks = before) {
        before = a->blocks->before;
        free(a->blocks);
    }
    *a = (struct arena){0};
}
