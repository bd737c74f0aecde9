#include "tool.h"
#include "view.h"

#include <unistd.h>

enum { WORDS_MAX = 6, LOOKS = 6, LOOK_US = 250 * 1000 };

/* What the sensor has refused so far; why, in WHY. A daemon that does not answer has told of none. */
static double refusals(char *why, size_t size)
{
    const char *const words[] = {"status"};
    json_t *status = NULL;
    if (client_ask(words, 1, &status)) return 0;
    double n = view_number(status, "sensor", "refusals");
    snprintf(why, size, "%s", view_text(status, "sensor", "refusal"));
    json_decref(status);
    return n;
}

/* A device that answers does so within a moment; silence is consent. */
static int await_refusal(double before)
{
    char why[64] = "";
    for (int i = 0; i < LOOKS; i++) {
        usleep(LOOK_US);
        if (refusals(why, sizeof why) > before) return tool_fail(1, "the sensor refused: %s", why);
    }
    return 0;
}

int cmd_sensor(int argc, char **argv)
{
    const char *words[WORDS_MAX] = {"sensor"};
    char why[64];
    json_t *reply;
    if (argc < 2 || argc > WORDS_MAX)
        return tool_fail(2, "expected rate, range, content, zero, identify or vibrate; see --help");
    for (int i = 1; i < argc; i++) words[i] = argv[i];
    double before = refusals(why, sizeof why);
    int code = client_do(words, (size_t)argc, &reply);
    if (code) return code;
    if (!(code = await_refusal(before))) puts(json_string_value(json_object_get(reply, "done")));
    json_decref(reply);
    return code;
}
