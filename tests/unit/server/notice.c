/* The words for a design's trouble: three lines that name what there is and what to do. */
#include "server/notice.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *label;
    enum stator_arch_condition condition;
    unsigned traits;
    size_t count;
    const char *what, *why, *fix;
} rows[] = {
    {"few threads", STATOR_ARCH_CONDITION_SHORTAGE, STATOR_ARCH_TRAIT_MULTICORE, 3,
     "the design pool:workers=8 gets no more than 3 threads", "those that there are serve",
     "ulimit -u"},
    {"no thread", STATOR_ARCH_CONDITION_SHORTAGE, STATOR_ARCH_TRAIT_MULTICORE, 0,
     "the design pool:workers=8 gets no more than 0 threads", "served slowly, or wait",
     "ulimit -u"},
    {"few processes", STATOR_ARCH_CONDITION_SHORTAGE, STATOR_ARCH_TRAIT_ISOLATED, 3,
     "the design pool:workers=8 gets no more than 3 processes", "those that there are serve",
     "ulimit -u"},
    {"dying", STATOR_ARCH_CONDITION_CRASHING, STATOR_ARCH_TRAIT_ISOLATED, 2,
     "processes of the design pool:workers=8 keep dying", "2 are left", "system's log"},
};

Test(condition, says_what_why_and_what_to_do)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct stator_arch_impl impl = {.traits = rows[i].traits};
        struct stator_error notice;

        stator_notice_explain(rows[i].condition, "pool:workers=8", &impl, rows[i].count, &notice);
        cr_expect_str_eq(notice.what, rows[i].what, "%s: %s", rows[i].label, notice.what);
        cr_expect_not_null(strstr(notice.why, rows[i].why), "%s: %s", rows[i].label, notice.why);
        cr_expect_not_null(strstr(notice.fix, rows[i].fix), "%s: %s", rows[i].label, notice.fix);
    }
}
