/*
 * Laws that must hold of whatever was measured.
 *
 * Knows Little's law, the utilisation law and sums; refuses to mend what breaks them: it is said,
 * and the trial is marked. The one surprising thing: none of them compares a figure with itself;
 * each side was counted by somebody else.
 */
#include <math.h>
#include <stdio.h>

#include "lab/run/trial_parts.h"

/* What is more than this apart does not agree. */
#define LITTLE_TOLERANCE 0.01

static void report(struct stator_result *result, struct stator_trial *trial, const char *law,
                   double one, double other)
{
    char where[160], detail[120];

    snprintf(where, sizeof(where), "%s, %s, %s, repetition %u", trial->arch, trial->workload,
             trial->label, trial->repetition + 1);
    snprintf(detail, sizeof(detail), "%.6g and %.6g", one, other);
    trial->flags |= STATOR_TRIAL_FLAG_CHECK;
    stator_result_check(result, law, where, false, detail);
}

static bool agree(double one, double other, double tolerance)
{
    double larger = fabs(one) > fabs(other) ? fabs(one) : fabs(other);

    return fabs(one - other) <= tolerance * larger;
}

/*
 * Who was inside, by who came and went, and by how long each one stayed: they differ where a
 * request was lost, or a time is wrong.
 */
static void check_little(const struct stator_measurement *self, struct stator_result *result,
                         struct stator_trial *trial)
{
    const struct stator_load_outcome *probe = &self->load.groups[self->plan.probe];

    if (!agree(probe->inside, probe->stayed, LITTLE_TOLERANCE)) {
        report(result, trial, "Little's law: requests inside = rate x time inside", probe->inside,
               probe->stayed);
    }
}

static void check_counts(const struct stator_measurement *self, struct stator_result *result,
                         struct stator_trial *trial)
{
    for (size_t i = 0; i < self->load.group_count; i++) {
        const struct stator_load_outcome *group = &self->load.groups[i];
        const struct stator_load_group *asked = &self->plan.groups[i];
        uint64_t bytes = group->responses * (uint64_t)asked->targets[0].length;

        if (group->from_intended->count != group->responses) {
            report(result, trial, "histogram count = completions",
                   (double)group->from_intended->count, (double)group->responses);
        }
        /* All targets of a group are of one length. */
        if (group->body_bytes != bytes) {
            report(result, trial, "bytes = sum of lengths", (double)group->body_bytes,
                   (double)bytes);
        }
    }
}

static void check_devices(const struct stator_measurement *self, struct stator_result *result,
                          struct stator_trial *trial)
{
    const struct stator_device_spec *spec = &self->plan.devices;
    double busy = (double)(self->devices_after.disk - self->devices_before.disk);
    double misses = (double)(self->devices_after.misses - self->devices_before.misses);
    double expected = misses * (double)spec->disk_service;

    /* What is reserved and what is counted may be one request a channel apart. */
    if (spec->disk_service > 0 &&
        fabs(busy - expected) > (double)spec->disk_service * (spec->disk_channels + 32)) {
        report(result, trial, "utilisation law: busy = misses x service", busy, expected);
    }
}

void stator_trial_check(const struct stator_measurement *self, struct stator_result *result,
                        struct stator_trial *trial)
{
    check_little(self, result, trial);
    check_counts(self, result, trial);
    check_devices(self, result, trial);
}
