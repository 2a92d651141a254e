#include "lab/load/warm_up.h"

#include <criterion/criterion.h>

/* What each slice has, and from which one on it has settled; 0: never. */
static const struct {
    const char *label;
    uint64_t slices[6];
    unsigned settled;
} rows[] = {
    {"as much at once", {1000, 1000}, 2},
    {"one slice says nothing", {1000}, 0},
    {"5 % of many", {100000, 95000}, 2},
    {"a little more than 5 % of many", {100000, 94000, 88000, 83700}, 4},
    {"growing", {1000, 2000, 4000, 8000, 8100}, 5},
    {"few differ by chance", {4, 7}, 2},
    {"none at all", {0, 0}, 0},
    {"a start", {0, 50, 49}, 3},
    {"never", {1000, 2000, 1000, 2000, 1000, 2000}, 0},
};

Test(load_settle, two_slices_agree)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_load_settle settle = {0};
        uint64_t count = 0;
        unsigned settled = 0;

        for (unsigned k = 0; k < 6 && settled == 0; k++) {
            if (k > 0 && rows[i].slices[k] == 0 && rows[i].slices[0] != 0) {
                break; /* the row ends */
            }
            count += rows[i].slices[k];
            settled = stator_load_settle_add(&settle, count) ? k + 1 : 0;
        }
        cr_expect_eq(settled, rows[i].settled, "%s: %u", rows[i].label, settled);
    }
}
