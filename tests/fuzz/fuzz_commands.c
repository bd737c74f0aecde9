/* What may come by the control socket: each line is cut into words and run, on a pipeline without a store. A failure has a
 * sentence, and every reply can be written as JSON. */
#include "daemon/daemon.h"
#include "tests/fuzz/fuzz_replay.h"

enum { WORDS = 16 };
static struct daemon d;

static void ready(void)
{
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .start_wall_ns = SECONDS_NS(1791961200)};
    if (d.pipeline) return;
    config_default(&d.config);
    if (pipeline_open(&d.config, &options, NULL, NULL, &d.pipeline)) abort();
}

static void run(char *line)
{
    const char *word[WORDS];
    int n = 0;
    for (char *w; n < WORDS && (w = strsep(&line, " "));) word[n++] = w;
    json_t *reply = json_object();
    int failed = commands_run(&d, n, word, reply);
    if (failed && !json_object_get(reply, "error")) abort();
    char *text = json_dumps(reply, JSON_COMPACT);
    if (!text) fprintf(stderr, "no JSON of the reply to '%s'\n", word[0]), abort();
    free(text);
    json_decref(reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *rest = text, *line;
    if (!text) abort();
    for (size_t i = 0; i < size; i++) text[i] = (char)(data[i] & 127); /* the socket's JSON has seen to UTF-8 */
    text[size] = 0;
    ready();
    while ((line = strsep(&rest, "\n"))) run(line);
    free(text);
    return 0;
}
