#include "lab/workload/candidate.h"
#include "arch/architectures/registry.h"

#include <criterion/criterion.h>
#include <string.h>

static struct stator_candidate read_one(const char *spelling)
{
    struct stator_candidate candidate;
    struct stator_error error = {0};

    cr_assert_eq(stator_candidate_read(spelling, &candidate, &error), 0, "%s: %s", spelling,
                 error.what);
    return candidate;
}

Test(candidate, every_standard_spelling_is_a_architecture_and_each_architecture_is_there)
{
    for (size_t i = 0; stator_candidate_default(i) != NULL; i++) {
        read_one(stator_candidate_default(i));
    }
    for (size_t i = 0; stator_arch_at(i) != NULL; i++) {
        bool found = false;

        for (size_t j = 0; stator_candidate_default(j) != NULL; j++) {
            found = found || read_one(stator_candidate_default(j)).impl == stator_arch_at(i);
        }
        cr_expect(found, "%s", stator_arch_at(i)->name);
    }
}

Test(candidate, an_unknown_one_is_refused)
{
    struct stator_candidate candidate = {.spelling = "untouched"};
    struct stator_error error = {0};

    cr_expect_lt(stator_candidate_read("evnt", &candidate, &error), 0);
    cr_expect_str_eq(candidate.spelling, "untouched");
    cr_expect(strstr(error.why, "event") != NULL, "%s", error.why);
}

static const struct {
    const char *spelling;
    unsigned processors, connections, workers;
} sizes[] = {
    {"iterative", 4, 100, 0},
    {"event", 4, 100, 0},
    {"event-threads", 4, 100, 4},
    {"thread", 1, 100, 100 + STATOR_CANDIDATE_POOL},
    {"thread:most=8", 1, 100, 0},
    {"pool", 2, 100, STATOR_CANDIDATE_POOL},
    {"pool:workers=3", 2, 100, 0},
    {"pool:unit=request,workers=3", 2, 100, 0},
    {"thread-object", 2, 100, STATOR_CANDIDATE_POOL},
};

Test(candidate, has_the_workers_that_suit_it)
{
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct stator_candidate candidate = read_one(sizes[i].spelling);
        struct stator_trial_plan plan = {.connections = sizes[i].connections};

        cr_expect_eq(stator_candidate_workers(&candidate, &plan, sizes[i].processors),
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
    {"pool", 1, STATOR_CANDIDATE_POOL},
    {"pool:workers=3", 1, 3},
    {"pool:workers=64", 1, 32},
    {"thread", 1, 32},
    {"thread:most=8", 1, 8},
    {"thread-object", 1, 1},
    {"thread-object", 8, 8},
    {"thread-object:map=path,objects=4", 8, 4},
};

Test(candidate, overlaps_what_its_threads_can)
{
    for (size_t i = 0; i < sizeof(overlaps) / sizeof(overlaps[0]); i++) {
        struct stator_candidate candidate = read_one(overlaps[i].spelling);
        struct stator_trial_plan plan = {
            .groups = {{.clients = 32, .target_count = overlaps[i].targets}},
            .group_count = 1,
            .connections = 32,
        };

        cr_expect_eq(stator_candidate_overlap(&candidate, &plan, 2), overlaps[i].overlap, "%s: %u",
                     overlaps[i].spelling, stator_candidate_overlap(&candidate, &plan, 2));
    }
}
