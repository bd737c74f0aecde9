#include "tool.h"

#include <errno.h>
#include <string.h>

static int check(void)
{
    struct config c;
    config_default(&c);
    int mistakes = config_read(&c, tool_config_path(), stderr);
    if (mistakes == -ENOENT) return printf("%s does not exist; the defaults are used\n", tool_config_path()), 0;
    if (mistakes < 0) return tool_fail(1, "%s: %s", tool_config_path(), strerror(-mistakes));
    if (mistakes) return tool_fail(1, "%d mistake%s", mistakes, mistakes > 1 ? "s" : "");
    printf("%s is fine\n", tool_config_path());
    return 0;
}

int cmd_config(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "check")) return check();
    if (argc != 2 || strcmp(argv[1], "show") != 0) return tool_fail(2, "expected check or show");
    printf("# %s\n", tool_config_path());
    config_write(tool_config(), stdout);
    return 0;
}
