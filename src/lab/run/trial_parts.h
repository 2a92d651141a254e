/* The parts of a trial, which trial.c puts together; nobody else includes this. */
#ifndef STATOR_LAB_RUN_TRIAL_PARTS_H
#define STATOR_LAB_RUN_TRIAL_PARTS_H

#include "lab/run/meter.h"
#include "lab/run/pauser.h"
#include "lab/run/sut.h"
#include "lab/run/trial.h"

struct stator_measurement {
    const struct stator_trial_setup *setup;
    struct stator_trial_plan plan;
    struct stator_sut sut;
    cpu_set_t cpus; /* that the server runs on */
    unsigned cores; /* how many these are */
    struct stator_load_result load;
    struct stator_meter before, after;
    struct stator_device_use devices_before, devices_after;
    uint64_t kernel_before, kernel_after; /* of the whole machine: before the server, in its load */
    int error;
};

/* False where somebody broke it off. */
bool stator_trial_goes_on(const struct stator_measurement *self);

/* The load that counts, with the meters and the setup's patience. */
struct stator_load_spec stator_trial_load(struct stator_measurement *self);

/*
 * Replaces the probe's rate by its share of what the design answers in a closed loop. Fails:
 * -errno, -ENODATA where it answers nothing.
 */
int stator_trial_scale(struct stator_measurement *self);

/* Fills in the metrics, and the flags that follow from them. */
void stator_trial_fill(const struct stator_measurement *self, struct stator_trial *trial);

/* Adds the laws that do not hold to `result`, and marks the trial. */
void stator_trial_check(const struct stator_measurement *self, struct stator_result *result,
                        struct stator_trial *trial);

/*
 * Counts system calls a request in a short load of its own, on the same server, where that is
 * wanted and the kernel tells; else the metric stays what it was. The server is at rest before.
 */
void stator_trial_count_calls(struct stator_measurement *self, struct stator_trial *trial);

#endif
