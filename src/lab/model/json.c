/*
 * Solved models as JSON for programs.
 *
 * Knows keys; refuses to know columns. The one surprising thing: a failed allocation needs no look
 * at each step, because jansson refuses to add what is NULL, and says so of the whole.
 */
#include <errno.h>
#include <jansson.h>

#include "lab/model/render.h"

static const char *const choices[STATOR_SIMULATE_CHOICE_COUNT] = {
    [STATOR_SIMULATE_CHOICE_SHARED] = "constant",
    [STATOR_SIMULATE_CHOICE_EVERY] = "even",
    [STATOR_SIMULATE_CHOICE_COIN] = "coin",
};

static json_t *make_figures(const struct stator_network_figures *figures)
{
    return json_pack("{s:f, s:f, s:{s:f, s:f}, s:{s:f, s:f}}", "throughput", figures->throughput,
                     "response", figures->response, "utilisation", "cpu",
                     figures->utilisation[STATOR_MODEL_CPU], "disk",
                     figures->utilisation[STATOR_MODEL_DISK], "queue", "cpu",
                     figures->queue[STATOR_MODEL_CPU], "disk", figures->queue[STATOR_MODEL_DISK]);
}

static json_t *make_network(const struct stator_network *network)
{
    const struct stator_station *cpu = &network->stations[STATOR_MODEL_CPU];
    const struct stator_station *disk = &network->stations[STATOR_MODEL_DISK];

    return json_pack("{s:f, s:i, s:f, s:i, s:f}", "cpu", cpu->service, "cpus", (int)cpu->servers,
                     "disk", disk->service, "channels", (int)disk->servers, "hit",
                     1 - disk->visits);
}

static json_t *make_bounds(const struct stator_bounds *bounds)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f}", "low", bounds->low, "balanced_low",
                     bounds->balanced_low, "balanced_high", bounds->balanced_high, "high",
                     bounds->high, "knee", bounds->knee);
}

static json_t *make_simulated(const struct stator_model_view *view,
                              const struct stator_model_row *row)
{
    json_t *simulated = json_object();

    for (int choice = 0; choice < STATOR_SIMULATE_CHOICE_COUNT; choice++) {
        if ((view->choices & 1u << choice) != 0 &&
            json_object_set_new(simulated, choices[choice], make_figures(&row->simulated[choice])) <
                0) {
            json_decref(simulated);
            return NULL;
        }
    }
    return simulated;
}

static json_t *make_lecture(const struct stator_cs555 *row)
{
    return row == NULL ? json_null()
                       : json_pack("{s:s, s:f, s:f, s:f}", "name", row->name, "slide", row->slide,
                                   "constant", row->constant, "coin", row->coin);
}

static json_t *make_row(const struct stator_model_view *view, const struct stator_model_row *row)
{
    return json_pack("{s:o, s:o, s:i, s:o, s:o, s:o}", "lecture", make_lecture(row->lecture),
                     "network", make_network(&row->network), "threads", (int)row->threads, "bounds",
                     make_bounds(&row->bounds), "exact", make_figures(&row->exact), "simulated",
                     make_simulated(view, row));
}

int stator_model_view_write(const struct stator_model_view *view, FILE *stream)
{
    json_t *rows = json_array(), *whole;
    int result = 0;

    for (size_t i = 0; i < view->count && result == 0; i++) {
        result = json_array_append_new(rows, make_row(view, &view->rows[i]));
    }
    whole = json_pack("{s:I, s:o}", "seed", (json_int_t)view->seed, "rows", rows);
    if (result < 0 || whole == NULL) {
        result = -ENOMEM;
    } else if (json_dumpf(whole, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) < 0 ||
               fputc('\n', stream) == EOF) {
        result = -EIO;
    }
    json_decref(whole);
    return result;
}
