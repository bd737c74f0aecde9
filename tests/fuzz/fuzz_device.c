/* A hostile host: whatever it says, the device core goes on sampling, breaks no limit of its motor, answers in whole
 * frames, touches nothing outside its flash, and its log stays readable. The input is a script: a byte says how many
 * samples pass (its low bits) and what else happens, then come bytes for the wire. */
#include "tests/unit/device_fixture.h"

#include "fuzz_replay.h"

static struct fixture x;
static uint64_t on_us;

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static void motor(void *self, uint8_t percent, uint16_t ms)
{
    (void)self;
    require(percent <= 100 && ms <= PLUMB_VIBRATE_ON_MAX_MS, "a pulse is of at most 2 s");
    on_us += 1000u * ms;
    require(on_us <= 12000000 + x.now_us / 5 + 2000000, "a fifth of the time, and a minute's worth at once");
}

static void reboot(uint32_t boot_id)
{
    fixture_boot(&x, boot_id, true);
    x.board.motor = motor;
    device_link(&x.device, true, 0);
    on_us = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fake_flash_init(&x.flash);
    x.seq = 0;
    fixture_clear(&x);
    reboot(1);
    while (size > 0) {
        uint8_t act = *data++;
        size--;
        size_t n = size < 40 ? size : 40;
        if ((act & 0xC0) == 0x40) x.room = act & 32 ? SIZE_MAX : 64u * (act & 15);
        if ((act & 0xF0) == 0x80) device_link(&x.device, act & 1, x.now_us);
        if ((act & 0xF8) == 0x90) device_lose(&x.device, act & 7);
        if (act == 0xA0) reboot(2);
        if (act < 0xF0) {
            device_receive(&x.device, data, n, x.now_us);
        } else { /* a whole frame: the first byte its type */
            fixture_say(&x, n ? data[0] : 0, data + (n > 0), n > 0 ? n - 1 : 0);
        }
        data += n;
        size -= n;
        uint64_t index = x.device.index;
        fixture_run(&x, act & 31);
        require(x.device.index == index + (act & 31), "it samples on");
    }
    x.room = SIZE_MAX;
    device_link(&x.device, true, x.now_us);
    fixture_clear(&x);
    fixture_say(&x, PLUMB_LOG_LIST, NULL, 0);
    require(fixture_count(&x, PLUMB_RSP, NULL) == 1, "it lists its log");
    require(x.receiver.bad_frames == 0 && x.receiver.skipped_bytes == 0, "it sends whole frames");
    require(x.flash.faults == 0, "it keeps to its flash");
    return 0;
}
