/* The cases of a validation are whole, and their coins are fair where it counts. */
#include "lab/model/validation.h"

#include <criterion/criterion.h>
#include <string.h>

Test(validation, every_case_can_be_emulated_and_told)
{
    const struct stator_validation_part *part;
    size_t cases = 0;

    for (size_t i = 0; (part = stator_validation_at(i)) != NULL; i++) {
        struct stator_validation_case trial;

        for (size_t k = 0; part->at(k, &trial); k++) {
            const struct stator_device_spec *spec = &trial.devices;
            double cpu = (double)(spec->cpu_service + spec->cache_service) / 1e9;
            struct stator_device *device = NULL;

            cr_expect_eq(stator_device_create(spec, &device), 0, "%s", trial.what);
            cr_expect(spec->ideal);
            cr_expect_geq(trial.clients, 1);
            /* No more than processors and the disk can do: the utilisation law. */
            cr_expect_leq(trial.expected * cpu, spec->cpu_cores + 0.001, "%s", trial.what);
            cr_expect_leq(trial.expected * (double)spec->disk_service * spec->miss_share / 1e9,
                          1.001, "%s", trial.what);
            stator_device_destroy(device);
            cases++;
        }
    }
    cr_expect_geq(cases, 20);
}

/* Counted anew: within 2 % of a quarter in the seconds that count, other coins each time. */
Test(validation, coins_are_fair_in_the_seconds_that_count)
{
    const struct stator_validation_part *part = stator_validation_at(1);
    struct stator_validation_case trial;
    uint64_t seeds[3];

    cr_assert_str_eq(part->name, "coins");
    cr_assert(part->at(0, &trial));
    for (uint64_t repetition = 1; repetition <= 3; repetition++) {
        struct stator_device_spec spec = trial.devices;
        struct stator_device *device = NULL;
        unsigned first = (unsigned)(0.5 * trial.expected), last = (unsigned)(3.5 * trial.expected);
        unsigned misses = 0;

        spec.seed = seeds[repetition - 1] = stator_validation_seed(&trial, 0.5, 3.5, repetition);
        cr_assert_eq(stator_device_create(&spec, &device), 0);
        for (unsigned i = 0; i < last; i++) {
            const struct stator_emulation *emulation = stator_device_emulation(device);

            misses += emulation->misses(emulation->context, STATOR_SPAN("/")) && i >= first;
        }
        stator_device_destroy(device);
        cr_expect_float_eq(misses, (last - first) * 0.25, (last - first) * 0.25 * 0.02 + 1.5);
    }
    cr_expect_neq(seeds[0], seeds[1]);
    cr_expect_neq(seeds[1], seeds[2]);
}
