#include "protocol.h"

#include <string.h>

const struct protocol *const protocols[] = {
    &plumb_protocol, &witmotion_protocol, &xbus_protocol, &bno_rvc_protocol, &ximu3_protocol, &slime_protocol, &text_protocol, NULL,
};

const struct protocol *protocol_find(const char *name)
{
    for (const struct protocol *const *p = protocols; *p; p++)
        if (strcmp((*p)->name, name) == 0) return *p;
    return NULL;
}
