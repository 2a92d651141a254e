#include "lab/workload/candidate.h"
#include "arch/architectures/registry.h"

#include <criterion/criterion.h>
#include <string.h>

static struct stator_contender read_one(const char *spelling)
{
    struct stator_contender contender;
    struct stator_error error = {0};

    cr_assert_eq(stator_contender_read(spelling, &contender, &error), 0, "%s: %s", spelling,
                 error.what);
    return contender;
}

Test(contender, every_standard_spelling_is_a_design_and_each_design_is_there)
{
    for (size_t i = 0; stator_contender_standard(i) != NULL; i++) {
        read_one(stator_contender_standard(i));
    }
    for (size_t i = 0; stator_arch_at(i) != NULL; i++) {
        bool found = false;

        for (size_t j = 0; stator_contender_standard(j) != NULL; j++) {
            found = found || read_one(stator_contender_standard(j)).impl == stator_arch_at(i);
        }
        cr_expect(found, "%s", stator_arch_at(i)->name);
    }
}

Test(contender, an_unknown_one_is_refused)
{
    struct stator_contender contender = {.spelling = "untouched"};
    struct stator_error error = {0};

    cr_expect_lt(stator_contender_read("evnt", &contender, &error), 0);
    cr_expect_str_eq(contender.spelling, "untouched");
    cr_expect(strstr(error.why, "event") != NULL, "%s", error.why);
}

static const struct {
    const char *spelling;
    unsigned processors, connections, workers;
} sizes[] = {
    {"iterative", 4, 100, 0},
    {"event", 4, 100, 0},
    {"event-threads", 4, 100, 4},
    {"thread", 1, 100, 100 + STATOR_CONTENDER_POOL},
    {"thread:most=8", 1, 100, 0},
    {"pool", 2, 100, STATOR_CONTENDER_POOL},
    {"pool:workers=3", 2, 100, 0},
    {"pool:unit=request,workers=3", 2, 100, 0},
    {"thread-object", 2, 100, STATOR_CONTENDER_POOL},
};

Test(contender, has_the_workers_that_suit_it)
{
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct stator_contender contender = read_one(sizes[i].spelling);
        struct stator_trial_plan plan = {.connections = sizes[i].connections};

        cr_expect_eq(stator_contender_workers(&contender, &plan, sizes[i].processors),
                     sizes[i].workers, "%s", sizes[i].spelling);
    }
}

/* A single file is asked for by 32 clients, or eight are. */
static const struct {
    const char *spelling;
    unsigned targets, overlap;
} overlaps[] = {
    {"iterative", 1, 1},
    {"event", 1, 1},
    {"select", 1, 1},
    {"event-threads", 1, 2},
    {"amped:helpers=16", 1, 17},
    {"pool", 1, STATOR_CONTENDER_POOL},
    {"pool:workers=3", 1, 3},
    {"pool:workers=64", 1, 32},
    {"thread", 1, 32},
    {"thread:most=8", 1, 8},
    {"thread-object", 1, 1},
    {"thread-object", 8, 8},
    {"thread-object:map=path,objects=4", 8, 4},
};

Test(contender, overlaps_what_its_threads_can)
{
    for (size_t i = 0; i < sizeof(overlaps) / sizeof(overlaps[0]); i++) {
        struct stator_contender contender = read_one(overlaps[i].spelling);
        struct stator_trial_plan plan = {
            .groups = {{.clients = 32, .target_count = overlaps[i].targets}},
            .group_count = 1,
            .connections = 32,
        };

        cr_expect_eq(stator_contender_overlap(&contender, &plan, 2), overlaps[i].overlap, "%s: %u",
                     overlaps[i].spelling, stator_contender_overlap(&contender, &plan, 2));
    }
}
