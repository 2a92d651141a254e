#include "lab/load/warm_up.h"

#include <criterion/criterion.h>

/* What each slice has, and from which one on it has settled; 0: never. */
static const struct {
    const char *label;
    uint64_t slices[6];
    unsigned steady;
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

Test(load_warm_up, two_slices_agree)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_load_warm_up warm_up = {0};
        uint64_t count = 0;
        unsigned steady = 0;

        for (unsigned k = 0; k < 6 && steady == 0; k++) {
            if (k > 0 && rows[i].slices[k] == 0 && rows[i].slices[0] != 0) {
                break; /* the row ends */
            }
            count += rows[i].slices[k];
            steady = stator_load_warm_up_add(&warm_up, count) ? k + 1 : 0;
        }
        cr_expect_eq(steady, rows[i].steady, "%s: %u", rows[i].label, steady);
    }
}
