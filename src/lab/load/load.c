/*
 * One run of the load generator, from the first connection to the result.
 *
 * Knows the phases of a run and when each ends; refuses to know what a client does in them. The one
 * surprising thing: when its caller's on_begin has taken its time, given times move on by as much,
 * and the run goes on for as long again before it counts, so that nothing of it is response time.
 */
#include "lab/load/load.h"

#include <errno.h>

#include "base/clock.h"
#include "lab/load/clock.h"
#include "lab/load/engine.h"
#include "lab/load/warm_up.h"

#define TICK      (200 * 1000000LL)         /* between two calls of on_tick; ns */
#define COALESCE  (10 * STATOR_NANOSECONDS) /* how long idle clients may take to connect */
#define STILL     (1 * STATOR_NANOSECONDS)  /* how long nobody may get any further in that */
#define READY_MAX 64                        /* sockets that are looked at before a turn */

enum phase {
    GATHERING, /* idle clients connect */
    WARMING,
    MENDING, /* on_begin, if any, was called, and held everything up */
    COUNTING,
    OVER,
};

struct run {
    struct stator_load_engine engine;
    enum phase phase;
    int64_t due;      /* when the phase ends */
    int64_t next_run; /* when teams have something to do */
    int64_t tick, start;
    size_t warmed; /* idle clients that have had their turn */
    int64_t begin, end, cpu;
    struct stator_load_metered metered; /* until counting ends: when, and how many before */
    struct stator_load_warm_up warm_up_max;
};

static int64_t min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* --- phases ---------------------------------------------------------------------------------- */

static void start_client_groups(struct stator_load_engine *engine)
{
    for (size_t i = 0; i < engine->client_group_count; i++) {
        stator_load_client_group_start(&engine->client_groups[i]);
    }
}

/* Whoever asks at its own pace, or at given times, cannot say whether the server has settled. */
static bool is_telling(const struct stator_load_client_group *client_group)
{
    return client_group->closed && client_group->group->manner == STATOR_LOAD_MANNER_ASK &&
           client_group->group->think <= 0;
}

static bool looks_for_settling(const struct run *run)
{
    const struct stator_load_engine *engine = &run->engine;
    bool any = false;

    for (size_t i = 0; i < engine->client_group_count; i++) {
        any = any || is_telling(&engine->client_groups[i]);
    }
    return any && engine->spec->warm_up_max > engine->spec->warm_up && engine->spec->warm_up > 0;
}

/* The warm-up, or its part that is looked at as one; ns. */
static int64_t slice(const struct run *run)
{
    int64_t warm_up = stator_load_ns(run->engine.spec->warm_up);

    return looks_for_settling(run) ? warm_up / 2 : warm_up;
}

/* A slice of the warm-up has ended. Returns: whether it was the last one; else another begins. */
static bool is_warm(struct run *run)
{
    struct stator_load_engine *engine = &run->engine;
    const struct stator_load_spec *spec = engine->spec;
    uint64_t answered = 0;

    if (!looks_for_settling(run)) {
        return true;
    }
    for (size_t i = 0; i < engine->client_group_count; i++) {
        answered +=
            is_telling(&engine->client_groups[i]) ? engine->client_groups[i].counters.answered : 0;
    }
    if (stator_load_warm_up_add(&run->warm_up_max, answered)) {
        return true;
    }
    run->due += slice(run);
    engine->unsteady = run->due > run->start + stator_load_ns(spec->warm_up_max);
    return engine->unsteady;
}

/* The clients begin now, unless there is no warm-up: then what they do first counts already. */
static void warm(struct run *run)
{
    struct stator_load_engine *engine = &run->engine;

    run->phase = WARMING;
    run->start = run->next_run = engine->now;
    run->due = engine->now + slice(run);
    if (engine->spec->warm_up > 0) {
        start_client_groups(engine);
    }
}

static uint64_t count_answered(const struct stator_load_engine *engine)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < engine->client_group_count; i++) {
        sum += engine->client_groups[i].counters.answered;
    }
    return sum;
}

static void begin_counting(struct run *run)
{
    struct stator_load_engine *engine = &run->engine;

    run->phase = COUNTING;
    run->begin = run->next_run = engine->now;
    run->due = engine->now + stator_load_ns(engine->spec->duration);
    for (size_t i = 0; i < engine->client_group_count; i++) {
        stator_load_counters_begin(&engine->client_groups[i].counters, run->begin, run->due);
    }
    run->cpu = stator_load_cpu();
    if (engine->spec->warm_up <= 0) {
        run->metered = (struct stator_load_metered){engine->now, count_answered(engine)};
        start_client_groups(engine);
    }
}

static void mend(struct run *run)
{
    struct stator_load_engine *engine = &run->engine;
    int64_t before = engine->now;

    run->phase = MENDING;
    if (engine->spec->on_begin != NULL) {
        engine->spec->on_begin(engine->spec->context);
        engine->now = stator_load_now();
    }
    for (size_t i = 0; i < engine->client_group_count; i++) {
        stator_load_client_group_postpone(&engine->client_groups[i], engine->now - before);
    }
    run->metered = (struct stator_load_metered){engine->now, count_answered(engine)};
    run->due = engine->now + (engine->now - before);
}

/* A server that is full leaves the rest waiting for ever. */
static bool is_gathered(struct run *run)
{
    struct stator_load_engine *engine = &run->engine;
    size_t warmed = 0;
    bool all = true;

    for (size_t i = 0; i < engine->client_group_count; i++) {
        all = stator_load_client_group_gather(&engine->client_groups[i]) && all;
        warmed += engine->client_groups[i].warmed;
    }
    if (warmed != run->warmed) {
        run->warmed = warmed;
        run->due = min(run->start + COALESCE, engine->now + STILL);
    }
    return all;
}

/* What counts has ended, as it was meant to or before. */
static void stop(struct run *run, bool partial)
{
    struct stator_load_engine *engine = &run->engine;
    bool counted = run->phase == COUNTING;

    run->end = run->phase == COUNTING && engine->now > run->due ? run->due : engine->now;
    run->cpu = stator_load_cpu() - run->cpu;
    run->phase = OVER;
    engine->partial = partial;
    for (size_t i = 0; i < engine->client_group_count && counted; i++) {
        stator_load_client_group_arrive(&engine->client_groups[i], run->end - 1);
        stator_load_counters_end(&engine->client_groups[i].counters, run->end);
    }
    run->begin = counted ? run->begin : run->end;
    run->metered.ns = run->end - run->metered.ns;
    run->metered.responses = count_answered(engine) - run->metered.responses;
    if (counted && engine->spec->on_end != NULL) {
        engine->spec->on_end(engine->spec->context);
    }
}

/* Goes from phase to phase as time has come. */
static void advance(struct run *run)
{
    struct stator_load_engine *engine = &run->engine;

    if (run->phase == GATHERING && (is_gathered(run) || engine->now >= run->due)) {
        warm(run);
    }
    if (run->phase == WARMING && engine->now >= run->due && is_warm(run)) {
        mend(run);
    }
    if (run->phase == MENDING && engine->now >= run->due) {
        begin_counting(run);
    }
    if (run->phase == COUNTING && engine->now >= run->due) {
        stop(run, false);
    }
}

/* --- the loop -------------------------------------------------------------------------------- */

static void on_late(struct stator_deadline *deadline, void *context)
{
    (void)context;
    stator_load_client_fail(STATOR_LIST_ENTRY(deadline, struct stator_load_client, deadline),
                            STATOR_LOAD_ERROR_TIMEOUT);
}

static void next_run(struct run *run)
{
    struct stator_load_engine *engine = &run->engine;

    stator_timing_wheel_advance(&engine->wheel, engine->now / 1000000, on_late, NULL);
    run->next_run = INT64_MAX;
    for (size_t i = 0; i < engine->client_group_count; i++) {
        int64_t next = stator_load_client_group_run(&engine->client_groups[i]);

        run->next_run = next < run->next_run ? next : run->next_run;
    }
}

static void tick(struct run *run)
{
    const struct stator_load_spec *spec = run->engine.spec;
    double elapsed = (double)(run->engine.now - run->start) / (double)STATOR_NANOSECONDS;

    run->tick = run->engine.now + TICK;
    if (spec->on_tick != NULL && !spec->on_tick(elapsed, spec->context)) {
        stop(run, true);
    }
}

/* Waits for what comes next and lets clients see to it. Fails: -errno. */
static int step(struct run *run)
{
    struct stator_load_engine *engine = &run->engine;
    struct stator_load_ready ready[READY_MAX];
    int64_t until = min(min(run->next_run, run->due), run->tick);
    int count = stator_load_wait_wait(engine->wait, until, ready, READY_MAX);

    engine->now = stator_load_now();
    if (count == -EINTR) {
        run->tick = engine->now;
        return 0;
    }
    for (int i = 0; i < count; i++) {
        stator_load_client_ready(ready[i].who, ready[i].ended);
        if (engine->now >= run->next_run) {
            /* A request of an open loop must not wait for all these. */
            next_run(run);
        }
    }
    return count < 0 ? count : 0;
}

static int loop(struct run *run)
{
    struct stator_load_engine *engine = &run->engine;
    int code = 0;

    run->due = engine->now + STILL;
    run->start = run->next_run = engine->now;
    run->tick = engine->now + TICK;
    while (code == 0) {
        advance(run);
        if (run->phase != OVER && engine->now >= run->tick) {
            tick(run);
        }
        if (run->phase == OVER || engine->fatal != 0) {
            return engine->fatal;
        }
        next_run(run);
        code = step(run);
    }
    return code;
}

int stator_load_run(const struct stator_load_spec *spec, struct stator_load_result *out)
{
    struct run run = {.phase = GATHERING};
    int code = stator_load_engine_init(&run.engine, spec);

    code = code == 0 ? loop(&run) : code;
    code =
        code == 0 ? stator_load_result_take(&run.engine, run.begin, run.end, run.cpu, out) : code;
    if (code == 0) {
        out->metered = run.metered;
    }
    stator_load_engine_finish(&run.engine);
    return code;
}
