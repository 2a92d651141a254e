/* What the emulated devices of a workload allow, whoever waits for them: the model of a level. */
#ifndef STATOR_LAB_MODEL_DEVICE_BOUND_H
#define STATOR_LAB_MODEL_DEVICE_BOUND_H

#include "lab/model/network.h"
#include "lab/workload/workload.h"

struct stator_device_bound {
    double one; /* responses a second with one request at a time */
    double max; /* the same, whatever is overlapped; huge where nothing limits it */
};

/*
 * The devices as a network of stations. False where there are none, or what they do depends on the
 * paths asked for; `out` is then untouched. `info` may be NULL.
 */
bool stator_device_bound_network(const struct stator_workload *info, double level,
                                 struct stator_network *out);

/* False as above. */
bool stator_device_bound_find(const struct stator_workload *info, double level,
                              struct stator_device_bound *out);

#endif
