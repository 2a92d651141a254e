/* What the tests of the report share: see golden.h. */
#include "unit/lab/report/golden.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void plan_disk(double level, struct stator_trial_plan *out)
{
    out->devices.cpu_service = 0;
    out->devices.disk_service = 8000000;
    out->devices.disk_channels = 8;
    out->devices.miss_share = level / 100;
}

static void plan_none(double level, struct stator_trial_plan *out)
{
    (void)level;
    (void)out;
}

static const struct stator_workload workloads[] = {
    {.name = "hot",
     .what = "One file of 1 KiB & keep-alive",
     .tests = "architecture matters little when cached (Flash 1999)",
     .expect = "Concurrent designs within 20 to 30 %.",
     .axis = "clients",
     .log_axis = true,
     .verdict = STATOR_METRIC_RATE,
     .plan = plan_none},
    {.name = "disk",
     .what = "An emulated disk of 8 ms, 8 channels",
     .tests = "SPED against AMPED against threads",
     .expect = "A loop waits for each miss in place, so it collapses.",
     .axis = "misses, %",
     .verdict = STATOR_METRIC_RATE,
     .plan = plan_disk},
    {.name = "idle",
     .what = "Idle connections beside 100 active ones",
     .tests = "C10K",
     .expect = "epoll is flat.",
     .axis = "idle connections",
     .verdict = STATOR_METRIC_RATE,
     .plan = plan_none},
    {.name = "convoy",
     .what = "Small requests behind large downloads",
     .tests = "it is ugly to make everyone wait",
     .expect = "iterative fails the small ones.",
     .axis = "downloads",
     .verdict = STATOR_METRIC_P99,
     .plan = plan_none},
};

const struct stator_workload *golden_workload(const char *name)
{
    for (size_t i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++) {
        if (strcmp(workloads[i].name, name) == 0) {
            return &workloads[i];
        }
    }
    return NULL;
}

const char *golden_path(const char *name)
{
    static char path[4096];
    const char *directory = getenv("STATOR_UNIT");

    cr_assert_not_null(directory, "STATOR_UNIT names tests/unit");
    snprintf(path, sizeof(path), "%s/lab/report/golden/%s", directory, name);
    return path;
}

struct stator_result *golden_result(void)
{
    struct stator_result *result = NULL;
    char why[200];

    cr_assert_eq(stator_result_read(golden_path("results.json"), &result, why), 0, "%s", why);
    return result;
}

struct stator_view *golden_view(const struct stator_result *result)
{
    struct stator_view *view = NULL;

    cr_assert_eq(stator_view_create(result, golden_workload, &view), 0);
    return view;
}
