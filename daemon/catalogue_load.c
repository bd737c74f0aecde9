#include "pipeline_private.h"

#include <stdlib.h>
#include <string.h>

enum { OWN_MAX = 256 * 1024 };

/* data/catalogue.conf, NUL-terminated, by the assembler: no file to find at run time. */
__asm__(".section .rodata\n"
        ".global catalogue_load_shipped\n"
        "catalogue_load_shipped:\n"
        ".incbin \"" PLUMBLINE_CATALOGUE "\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char catalogue_load_shipped[];

static void merge_own(struct catalogue *c, const char *path)
{
    char why[160] = "";
    FILE *in = fopen(path, "re");
    if (!in) return;
    char *text = malloc(OWN_MAX);
    if (text) {
        size_t n = fread(text, 1, OWN_MAX - 1, in);
        text[n] = 0;
        int faults = catalogue_parse(c, text, why);
        if (faults) fprintf(stderr, "%s: %s (%d in all); these items are left out\n", path, why, faults);
    }
    free(text);
    fclose(in);
}

void catalogue_load(struct catalogue *c, const struct config *config)
{
    char own[PATH_LEN], why[160];
    memset(c, 0, sizeof *c);
    catalogue_parse(c, catalogue_load_shipped, why);
    if (config->catalogue[0]) {
        merge_own(c, config->catalogue);
        return;
    }
    config_default_path(own);
    char *name = strrchr(own, '/');
    snprintf(name + 1, sizeof own - (size_t)(name + 1 - own), "catalogue.conf");
    merge_own(c, own);
}
