/* The decoders, a line each; all else that knows them goes through protocols[]. */
#include "plumbline/sensor.h"

#include <string.h>

#define PROTOCOLS(P) \
    P(plumb)     /* our own link: firmware-proto/PROTOCOL.md */ \
    P(witmotion) /* WitMotion and HiWonder: 55 5x groups, 55 61 frames */ \
    P(xbus)      /* Xsens and Movella MTi: MTData2 */ \
    P(bno_rvc)   /* BNO080/085/086 in UART-RVC mode */ \
    P(ximu3)     /* x-io x-IMU3 */ \
    P(slime)     /* SlimeVR nRF trackers and their HID receiver */ \
    P(text)      /* lines of numbers from maker boards */

#define DECLARED(name) extern const struct protocol name##_protocol;
PROTOCOLS(DECLARED)

#define ENTERED(name) &name##_protocol,
const struct protocol *const protocols[] = {PROTOCOLS(ENTERED) NULL};

const struct protocol *protocol_find(const char *name)
{
    for (const struct protocol *const *p = protocols; *p; p++)
        if (strcmp((*p)->name, name) == 0) return *p;
    return NULL;
}
