/* From reset to main(): a stack, variables with their values, and the table of interrupts of the MPS2 board. Whatever
 * nobody expects stops the processor, and the watchdog begins anew.
 */
#include <stdint.h>
#include <string.h>

extern uint32_t startup_stack_top, startup_data_from, startup_data, startup_data_end, startup_bss, startup_bss_end;

int main(void);
void board_on_tick(void);
void board_on_byte(void);
void board_on_motor(void);
void startup_reset(void);

void startup_reset(void)
{
    memcpy(&startup_data, &startup_data_from, (size_t)((char *)&startup_data_end - (char *)&startup_data));
    memset(&startup_bss, 0, (size_t)((char *)&startup_bss_end - (char *)&startup_bss));
    main();
}

static void unexpected(void)
{
    for (;;) {
    }
}

/* The watchdog's first word comes as NMI; it resets when there is no answer to the second. */
static void warned(void) {}

__attribute__((section(".vectors"), used)) static void (*const vectors[16 + 32])(void) = {
    [0] = (void (*)(void))(uintptr_t)&startup_stack_top,
    [1] = startup_reset,
    [2] = warned,
    [3] = unexpected,
    [4] = unexpected,
    [5] = unexpected,
    [6] = unexpected,
    [11] = unexpected,
    [12] = unexpected,
    [14] = unexpected,
    [15] = board_on_tick,
    [16 + 0] = board_on_byte,
    [16 + 9] = board_on_motor,
};
