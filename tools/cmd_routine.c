#include "tool.h"
#include "view.h"

#include <string.h>

static const char *text(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s ? s : "";
}

static void print_item(const json_t *item, size_t number)
{
    const json_t *step;
    size_t i;
    printf("\n%zu. %s — %s  [%s]\n", number, text(item, "name"), text(item, "dose"), text(item, "id"));
    printf("   why: %s (evidence: %s)\n", text(item, "reason"), text(item, "evidence"));
    json_array_foreach(json_object_get(item, "steps"), i, step) printf("   · %s\n", json_string_value(step));
    if (text(item, "stop")[0]) printf("   stop at: %s\n", text(item, "stop"));
}

int cmd_routine(int argc, char **argv)
{
    const char *words[] = {"routine", argc > 1 ? argv[1] : "pre"};
    json_t *r, *item;
    size_t i;
    if (argc > 2) return tool_fail(2, "expected one of pre, post, micro, evening");
    int code = client_do(words, 2, &r);
    if (code) return code;
    if (text(r, "headline")[0]) puts(text(r, "headline"));
    json_t *items = json_object_get(r, "items");
    json_array_foreach(items, i, item) print_item(item, i + 1);
    if (!json_array_size(items))
        puts(json_is_true(json_object_get(r, "see_clinician")) ? "plumbline health show tells what you noted." : "Nothing is needed now.");
    else printf("\n%lld min in all. Not a medical device; stop when something hurts.\n", (json_integer_value(json_object_get(r, "seconds")) + 59) / 60);
    if (!json_is_true(json_object_get(r, "health_answered")))
        puts("Rolling and ball items wait for a few answers: plumbline health");
    json_decref(r);
    return 0;
}
