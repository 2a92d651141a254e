#include "lab/workload/workload.h"

#include <criterion/criterion.h>
#include <string.h>

#include "arch/architectures/registry.h"
#include "lab/workload/candidate.h"

Test(workload, each_one_says_what_it_is)
{
    for (size_t i = 0; stator_workload_at(i) != NULL; i++) {
        const struct stator_workload *workload = stator_workload_at(i);

        cr_expect_eq(stator_workload_find(workload->name), workload, "%s", workload->name);
        cr_expect_gt(strlen(workload->what), 20u, "%s", workload->name);
        cr_expect_gt(strlen(workload->tests), 20u, "%s", workload->name);
        cr_expect_gt(strlen(workload->expect), 60u, "%s", workload->name);
        cr_expect_gt(strlen(workload->axis), 3u, "%s", workload->name);
        cr_expect_lt(workload->verdict, STATOR_METRIC_COUNT, "%s", workload->name);
        cr_expect_geq(workload->levels[0], 0, "%s", workload->name);
    }
    cr_expect_null(stator_workload_find("warm"));
}

static void check_level(const struct stator_workload *workload, double level)
{
    struct stator_trial_plan plan = {0};
    char label[64] = "";
    unsigned clients = 0;

    workload->plan(level, &plan);
    workload->label(level, label, sizeof(label));
    cr_expect_neq(label[0], '\0');
    cr_assert_gt(plan.group_count, 0u);
    cr_assert_leq(plan.group_count, (size_t)STATOR_WORKLOAD_GROUPS);
    cr_expect_lt(plan.probe, plan.group_count);
    for (size_t i = 0; i < plan.group_count; i++) {
        const struct stator_load_group *group = &plan.groups[i];

        clients += group->clients;
        cr_expect_gt(group->clients, 0u, "%s %g", workload->name, level);
        cr_expect_gt(group->target_count, 0u);
        cr_expect_eq(group->targets[0].path[0], '/');
        cr_expect(group->targets[0].checked);
        /* What is checked afterwards: responses times length are the bytes. */
        for (size_t j = 1; j < group->target_count; j++) {
            cr_expect_eq(group->targets[j].length, group->targets[0].length);
        }
    }
    cr_expect_eq(plan.connections, clients, "%s %g", workload->name, level);
}

Test(workload, every_level_makes_a_plan)
{
    for (size_t i = 0; stator_workload_at(i) != NULL; i++) {
        const struct stator_workload *workload = stator_workload_at(i);

        for (size_t j = 0; workload->levels[j] >= 0; j++) {
            check_level(workload, workload->levels[j]);
        }
        for (size_t j = 0; workload->quick_levels != NULL && workload->quick_levels[j] >= 0; j++) {
            check_level(workload, workload->quick_levels[j]);
        }
    }
}

Test(workload, labels_are_for_people)
{
    static const struct {
        const char *workload;
        double level;
        const char *label;
    } rows[] = {
        {"hot", 1, "1 client"},
        {"hot", 64, "64 clients"},
        {"idle", 0, "0 idle"},
        {"idle", 999, "999 idle"},
        {"idle", 10000, "10,000 idle"},
        {"idle", 1001, "1,001 idle"},
        {"size", 100, "100 bytes"},
        {"size", 10240, "10 KiB"},
        {"size", 1048576, "1 MiB"},
        {"disk", 25, "25 % misses"},
        {"crash", 10000, "1 in 10,000"},
        {"cores", 1, "1 core"},
        {"cores", 8, "8 cores"},
        {"convoy", 4, "4 downloads"},
        {"slow", 1, "1 slow client"},
        {"crash", 500, "1 in 500"},
        {"crash", 1000000, "1 in 1,000,000"},
        {"burst", 80, "80 a burst"},
        {"skew", 0, "all alike"},
        {"skew", 2, "exponent 2"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char label[64];

        stator_workload_find(rows[i].workload)->label(rows[i].level, label, sizeof(label));
        cr_expect_str_eq(label, rows[i].label);
    }
}

Test(workload, a_architecture_that_cannot_says_why)
{
    struct stator_trial_plan plan = {0};
    const struct stator_arch_impl *select = stator_arch_find(STATOR_SPAN("select"));
    const char *why;

    stator_workload_find("idle")->plan(5000, &plan);
    why = stator_workload_refusal(select, &plan, 1);
    cr_assert_not_null(why);
    cr_expect(strstr(why, "FD_SETSIZE") != NULL, "%s", why);
    cr_expect_null(stator_workload_refusal(stator_arch_find(STATOR_SPAN("event")), &plan, 1));
}

/* Their spellings are right, and the workload can be done by each: it is about them. */
Test(workload, architectures_of_its_own_can_do_it)
{
    for (size_t i = 0; stator_workload_at(i) != NULL; i++) {
        const struct stator_workload *workload = stator_workload_at(i);
        struct stator_trial_plan plan = {0};

        workload->plan(workload->levels[0], &plan);
        for (size_t j = 0; workload->archs != NULL && workload->archs[j] != NULL; j++) {
            struct stator_candidate candidate;
            struct stator_error error = {0};

            cr_assert_lt(j, (size_t)STATOR_WORKLOAD_ARCHS, "%s", workload->name);
            cr_assert_eq(stator_candidate_read(workload->archs[j], &candidate, &error), 0, "%s",
                         error.what);
            cr_expect_null(stator_workload_refusal(candidate.impl, &plan, 1), "%s %s",
                           workload->name, workload->archs[j]);
        }
    }
}

Test(workload, what_a_machine_or_a_architecture_has_not_is_refused)
{
    static const struct {
        const char *workload;
        double level;
        const char *arch;
        unsigned cores;
        const char *why; /* NULL: it can be done */
    } rows[] = {
        {"cores", 1, "event", 1, NULL},
        {"cores", 2, "event", 1, "1 core for"},
        {"cores", 4, "event", 2, "2 cores for"},
        {"cores", 4, "event", 4, NULL},
        {"priority", 20, "event", 1, "no classes"},
        {"starve", 20, "thread", 1, "no classes"},
        {"priority", 20, "pool", 1, NULL},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_trial_plan plan = {0};
        const char *why;

        stator_workload_find(rows[i].workload)->plan(rows[i].level, &plan);
        why = stator_workload_refusal(stator_arch_find(stator_span_from(rows[i].arch)), &plan,
                                      rows[i].cores);
        cr_expect_eq(why == NULL, rows[i].why == NULL, "row %zu: %s", i, why);
        cr_expect(why == NULL || rows[i].why == NULL || strstr(why, rows[i].why) != NULL,
                  "row %zu: %s", i, why);
    }
}

Test(workload, calls_are_counted_where_they_say_something)
{
    static const struct {
        const char *workload;
        bool counted;
    } rows[] = {
        {"hot", true},    {"conn", true},    {"idle", true},   {"size", true},   {"disk", false},
        {"cs555", false}, {"convoy", false}, {"sweep", false}, {"crash", false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct stator_workload *workload = stator_workload_find(rows[i].workload);
        struct stator_trial_plan plan = {0};

        workload->plan(workload->levels[0], &plan);
        cr_expect_eq(stator_workload_has_calls(&plan), rows[i].counted, "%s", rows[i].workload);
    }
}
