/*
 * What emulated devices allow.
 *
 * Knows how a level's devices become a network, and its bounds; refuses to know how a design
 * overlaps waits. The one surprising thing: "one at a time" is no bound but what a design that
 * waits in place comes down to.
 */
#include "lab/model/device_bound.h"

#include "lab/model/bounds.h"

#define SECOND 1e9

/* More requests at a time than anything overlaps. */
#define MANY 1000000u

bool stator_device_bound_network(const struct stator_workload *info, double level,
                                 struct stator_network *out)
{
    struct stator_trial_plan plan = {.group_count = 0};
    const struct stator_device_spec *devices = &plan.devices;
    struct stator_network network = {.count = 2};

    if (info == NULL || info->plan == NULL) {
        return false;
    }
    info->plan(level, &plan);
    network.stations[0] = (struct stator_station){
        (double)(devices->cpu_service + devices->cache_service) / SECOND, 1, devices->cpu_cores};
    network.stations[1] = (struct stator_station){(double)devices->disk_service / SECOND,
                                                  devices->miss_share, devices->disk_channels};
    if ((devices->miss == STATOR_DEVICE_MISS_LRU && devices->disk_service > 0) ||
        !stator_network_is_valid(&network)) {
        return false;
    }
    *out = network;
    return true;
}

bool stator_device_bound_find(const struct stator_workload *info, double level,
                              struct stator_device_bound *out)
{
    struct stator_network network;

    if (!stator_device_bound_network(info, level, &network)) {
        return false;
    }
    out->one = stator_bounds_of(&network, 1).high;
    out->max = stator_bounds_of(&network, MANY).high;
    return true;
}
