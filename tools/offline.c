#include "tool.h"

int offline_open(struct store **s)
{
    struct store_options options;
    char why[256], memory[PATH_LEN];
    store_options_default(&options);
    options.wait_when_full = true;
    options.retention_days = 0;
    if (config_memory_path(memory) == 0) options.memory = memory; /* what a killed daemon left there comes first */
    return store_open(tool_config()->data, &options, s, why) ? tool_fail(1, "%s", why) : 0;
}
