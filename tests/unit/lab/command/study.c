#include "lab/command/study.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <string.h>

#include "lab/command/command.h"

Test(study, a_comma_parts_architectures_and_options)
{
    char list[] = "event,pool:unit=request,workers=4,thread:most=9,event:backend=poll,spin";
    static const char *const expected[] = {"event", "pool:unit=request,workers=4", "thread:most=9",
                                           "event:backend=poll", "spin"};
    struct stator_study study;

    stator_study_init(&study);
    cr_assert_eq(stator_study_add_archs(&study, list), STATOR_LAB_EXIT_OK);
    cr_assert_eq(study.candidate_count, 5);
    for (size_t i = 0; i < 5; i++) {
        cr_expect_str_eq(study.candidates[i].spelling, expected[i]);
    }
}

Test(study, an_unknown_architecture_is_a_mistake, .init = cr_redirect_stderr)
{
    char list[] = "event,threat";
    struct stator_study study;

    stator_study_init(&study);
    cr_expect_eq(stator_study_add_archs(&study, list), STATOR_LAB_EXIT_USAGE);
}

Test(study, an_unknown_workload_is_a_mistake, .init = cr_redirect_stderr)
{
    char list[] = "hot,convoi";
    struct stator_study study;

    stator_study_init(&study);
    cr_expect_eq(stator_study_add_workloads(&study, list), STATOR_LAB_EXIT_USAGE);
}

Test(study, what_nobody_named_is_everything_that_is_quick)
{
    static const char *const quick[] = {"hot", "conn", "disk", "cs555", "idle", "convoy"};
    struct stator_study study;

    stator_study_init(&study);
    cr_assert_eq(stator_study_complete(&study, true), STATOR_LAB_EXIT_OK);
    cr_assert_eq(study.item_count, 6);
    for (size_t i = 0; i < 6; i++) {
        cr_expect_str_eq(study.items[i].workload->name, quick[i]);
    }
    cr_expect_gt(study.candidate_count, 9);
}

Test(study, what_was_named_stays_alone)
{
    char archs[] = "event", workloads[] = "hot";
    struct stator_study study;

    stator_study_init(&study);
    cr_assert_eq(stator_study_add_archs(&study, archs), STATOR_LAB_EXIT_OK);
    cr_assert_eq(stator_study_add_workloads(&study, workloads), STATOR_LAB_EXIT_OK);
    cr_assert_eq(stator_study_complete(&study, true), STATOR_LAB_EXIT_OK);
    cr_expect_eq(study.candidate_count, 1);
    cr_assert_eq(study.item_count, 1);
    cr_expect_gt(study.items[0].count, 3, "a workload that was named has all its levels");
}

/* Unless somebody names others. */
Test(study, a_workload_may_be_about_some_architectures)
{
    char first[] = "hot,priority", second[] = "priority", archs[] = "event,thread";
    struct stator_study study;

    stator_study_init(&study);
    cr_assert_eq(stator_study_add_workloads(&study, first), STATOR_LAB_EXIT_OK);
    cr_assert_eq(stator_study_complete(&study, true), STATOR_LAB_EXIT_OK);
    cr_expect_eq(study.items[0].candidate_count, 0);
    cr_assert_eq(study.items[1].candidate_count, 3);
    cr_expect_str_eq(study.items[1].candidates[1].spelling,
                     stator_workload_find("priority")->archs[1]);

    stator_study_init(&study);
    cr_assert_eq(stator_study_add_workloads(&study, second), STATOR_LAB_EXIT_OK);
    cr_assert_eq(stator_study_add_archs(&study, archs), STATOR_LAB_EXIT_OK);
    cr_assert_eq(stator_study_complete(&study, true), STATOR_LAB_EXIT_OK);
    cr_expect_eq(study.items[0].candidate_count, 0);
    cr_expect_eq(study.candidate_count, 2);
}

Test(study, there_is_room_for_all_workloads)
{
    struct stator_study study;

    stator_study_init(&study);
    cr_assert_eq(stator_study_complete(&study, false), STATOR_LAB_EXIT_OK);
    cr_assert_gt(study.item_count, 6);
    cr_expect_null(stator_workload_at(study.item_count));
}

Test(study, a_quick_run_fits_its_time)
{
    struct stator_study study;

    stator_study_init(&study);
    cr_assert_eq(stator_study_complete(&study, true), STATOR_LAB_EXIT_OK);

    struct stator_plan plan = {
        .candidates = study.candidates,
        .candidate_count = study.candidate_count,
        .items = study.items,
        .item_count = study.item_count,
        .warm_up = study.warm_up,
        .duration = study.duration,
        .repetitions = study.repetitions,
        .budget = STATOR_STUDY_QUICK_SECONDS,
        .counts_calls = true,
    };

    cr_expect(stator_plan_fit(&plan));
    cr_expect_eq(plan.dropped_levels, 0);
    cr_expect_eq(plan.dropped_repetitions, 0, "%g s", stator_plan_seconds(&plan));
}
