/*
 * From what teams have counted to the result of a run.
 *
 * Knows what makes a generator itself the limit; refuses to know how anything was counted. The one
 * surprising thing: the result takes the histograms with it, so teams have none after that.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "lab/load/engine.h"
#include "lab/stats/statistics.h"

/* From where on the generator is said to limit what was measured. */
#define LAG_LIMIT 1000.0 /* us, at the 99th percentile */
#define CPU_LIMIT 0.9    /* of a processor */

/* Fails: -ENOMEM. */
static int sum_up_clients(struct stator_load_client_group *client_group)
{
    struct stator_load_outcome *outcome = &client_group->counters.outcome;
    double *responses = calloc(client_group->group->clients, sizeof(*responses));

    if (responses == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < client_group->group->clients; i++) {
        responses[i] = (double)client_group->clients[i].responses;
        outcome->held += client_group->clients[i].held ? 1 : 0;
    }
    outcome->fairness = stator_statistics_jain(responses, client_group->group->clients);
    free(responses);
    return 0;
}

static bool is_late(const struct stator_load_outcome *outcome)
{
    return outcome->lag->count > 0 && stator_histogram_percentile(outcome->lag, 0.99) > LAG_LIMIT;
}

int stator_load_result_take(struct stator_load_engine *engine, int64_t begin, int64_t end,
                            int64_t cpu, struct stator_load_result *out)
{
    struct stator_load_result result = {
        .groups = calloc(engine->client_group_count, sizeof(*result.groups)),
        .group_count = engine->client_group_count,
        .seconds = (double)(end - begin) / (double)STATOR_NANOSECONDS,
        .partial = engine->partial,
        .unsteady = engine->unsteady,
    };

    if (result.groups == NULL) {
        return -ENOMEM;
    }
    if (result.seconds > 0) {
        result.client_cpu = (double)cpu / (double)(end - begin);
    }
    result.limited = result.client_cpu > CPU_LIMIT;
    for (size_t i = 0; i < engine->client_group_count; i++) {
        if (sum_up_clients(&engine->client_groups[i]) < 0) {
            free(result.groups);
            return -ENOMEM;
        }
    }
    for (size_t i = 0; i < engine->client_group_count; i++) {
        struct stator_load_outcome *outcome = &engine->client_groups[i].counters.outcome;

        result.groups[i] = *outcome;
        result.limited = result.limited || is_late(outcome);
        outcome->from_intended = outcome->from_sent = outcome->lag = NULL;
    }
    result.times = engine->times;
    result.time_count = engine->time_count;
    engine->times = NULL;
    *out = result;
    return 0;
}

void stator_load_finish(struct stator_load_result *result)
{
    for (size_t i = 0; i < result->group_count; i++) {
        stator_histogram_destroy(result->groups[i].from_intended);
        stator_histogram_destroy(result->groups[i].from_sent);
        stator_histogram_destroy(result->groups[i].lag);
    }
    free(result->groups);
    free(result->times);
    *result = (struct stator_load_result){0};
}
