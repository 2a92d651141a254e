/* When a child is followed by another: a table of lives. */
#include "arch/processes/respawn.h"

#include <criterion/criterion.h>

static const struct {
    const char *label;
    int64_t lived[12]; /* one after the other; ends with -1 */
    int64_t delay;     /* after the last of them */
} rows[] = {
    {"a long life", {60000, -1}, 0},
    {"just long enough", {STATOR_RESPAWN_LIFE_MS, -1}, 0},
    {"long lives", {60000, 5000, 1000, -1}, 0},
    {"one that died at once", {0, -1}, 0},
    {"one that died young", {STATOR_RESPAWN_LIFE_MS - 1, -1}, 0},
    {"two in a row", {0, 999, -1}, 50},
    {"three", {0, 0, 0, -1}, 100},
    {"four", {0, 0, 0, 0, -1}, 200},
    {"seven", {0, 0, 0, 0, 0, 0, 0, -1}, 1600},
    {"eight", {0, 0, 0, 0, 0, 0, 0, 0, -1}, 3200},
    {"nine", {0, 0, 0, 0, 0, 0, 0, 0, 0, -1}, STATOR_RESPAWN_MAX_MS},
    {"a long life is a new beginning", {0, 0, 0, 1000, -1}, 0},
    {"and so is what comes after it", {0, 0, 0, 1000, 0, -1}, 0},
    {"but not for ever", {0, 0, 0, 1000, 0, 0, -1}, 50},
};

Test(respawn, table)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned deaths = 0;
        int64_t delay = -1;

        for (size_t k = 0; rows[i].lived[k] >= 0; k++) {
            delay = stator_respawn_delay(rows[i].lived[k], &deaths);
        }
        cr_expect_eq(delay, rows[i].delay, "%s: %d", rows[i].label, (int)delay);
    }
}

Test(respawn, has_a_bound_however_often)
{
    unsigned deaths = 0;

    for (int i = 0; i < 1000; i++) {
        cr_assert_leq(stator_respawn_delay(0, &deaths), STATOR_RESPAWN_MAX_MS);
    }
    cr_expect_eq(stator_respawn_delay(0, &deaths), STATOR_RESPAWN_MAX_MS);
    deaths = UINT32_MAX - 1;
    cr_expect_eq(stator_respawn_delay(0, &deaths), STATOR_RESPAWN_MAX_MS);
}
