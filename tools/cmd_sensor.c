#include "tool.h"

enum { WORDS_MAX = 6 };

int cmd_sensor(int argc, char **argv)
{
    const char *words[WORDS_MAX] = {"sensor"};
    json_t *reply;
    if (argc < 2 || argc > WORDS_MAX)
        return tool_fail(2, "expected rate, range, content, zero, identify or vibrate; see --help");
    for (int i = 1; i < argc; i++) words[i] = argv[i];
    int code = client_do(words, (size_t)argc, &reply);
    if (code) return code;
    puts(json_string_value(json_object_get(reply, "done")));
    json_decref(reply);
    return 0;
}
