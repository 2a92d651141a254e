/*
 * The simulation.
 *
 * Knows queues, servers and chance; refuses to know any formula for what comes out. The one
 * surprising thing: time is in whole nanoseconds, so that regular requests that meet do so exactly
 * and the order in which they came decides, not the last bit of a sum.
 */
#include "lab/model/simulate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "lab/model/event_queue.h"
#include "lab/stats/random.h"

/*
 * How many requests say enough: where the same comes again, where times are drawn, and where coins
 * are, so many visits. And with many under way, so many visits by each to fill the station.
 */
#define REQUESTS_REGULAR 20000.0
#define REQUESTS_DRAWN   400000.0
#define VISITS_BY_COIN   100000.0
#define VISITS_OF_EACH   100.0
#define REQUESTS_MAX     20e6

#define WARM_UP 10u /* its share of the requests: 1 / 10 */
#define NS      1e9

struct request {
    int64_t start;
    int64_t delayed; /* ns in delays */
};

struct queue {
    uint32_t *waiting; /* a ring of requests; owned with the simulation */
    size_t first;
    size_t count;
    unsigned busy;
    uint64_t passed;   /* requests that came by, whether they visited or not */
    int64_t since;     /* when the integrals were brought up to date */
    double busy_sum;   /* server-nanoseconds */
    double inside_sum; /* request-nanoseconds */
};

struct simulation {
    const struct stator_simulate_spec *spec;
    struct stator_event_queue event_queue;
    struct stator_random random;
    struct queue queues[STATOR_NETWORK_STATIONS];
    struct request *requests;
    uint32_t *rings;
    int64_t now, begin;
    uint64_t completed, wanted;
    double response_sum; /* ns */
};

static bool is_simulable(const struct stator_simulate_spec *spec)
{
    const struct stator_network *network = spec->network;

    if (spec->population == 0 || !stator_network_is_valid(network)) {
        return false;
    }
    for (size_t i = 0; i < network->count; i++) {
        const struct stator_simulate_manner *manner = &spec->manners[i];

        if ((manner->choice != STATOR_SIMULATE_CHOICE_SHARED && network->stations[i].visits > 1) ||
            (manner->law == STATOR_SIMULATE_LAW_GIVEN && manner->given_count == 0)) {
            return false;
        }
    }
    return true;
}

/* Whether the request that comes by now is one of those that visit. */
static bool chooses(struct simulation *simulation, size_t where)
{
    double visits = simulation->spec->network->stations[where].visits;
    double passed = (double)simulation->queues[where].passed++;

    switch (simulation->spec->manners[where].choice) {
    case STATOR_SIMULATE_CHOICE_EVERY:
        /* The last of each n, however visits is rounded. */
        return floor((passed + 1) * visits + 1e-6) > floor(passed * visits + 1e-6);
    case STATOR_SIMULATE_CHOICE_COIN:
        return stator_random_unit(&simulation->random) < visits;
    default:
        return visits > 0;
    }
}

static int64_t draw_service(struct simulation *simulation, size_t where)
{
    const struct stator_simulate_manner *manner = &simulation->spec->manners[where];
    const struct stator_station *station = &simulation->spec->network->stations[where];
    double service = station->service;

    if (manner->law == STATOR_SIMULATE_LAW_EXPONENTIAL) {
        service = stator_random_exponential(&simulation->random, service);
    } else if (manner->law == STATOR_SIMULATE_LAW_GIVEN) {
        service = manner->given[stator_random_below(&simulation->random, manner->given_count)];
    }
    if (manner->choice == STATOR_SIMULATE_CHOICE_SHARED) {
        service *= station->visits;
    }
    return llround(service * NS);
}

/* Brings the station's integrals up to now; called before its numbers change. */
static void account(struct simulation *simulation, struct queue *queue)
{
    double passed = (double)(simulation->now - queue->since);

    queue->busy_sum += passed * queue->busy;
    queue->inside_sum += passed * (double)(queue->busy + queue->count);
    queue->since = simulation->now;
}

static void serve(struct simulation *simulation, uint32_t who, size_t where)
{
    int64_t service = draw_service(simulation, where);

    simulation->queues[where].busy++;
    if (simulation->spec->network->stations[where].servers == 0) {
        simulation->requests[who].delayed += service;
    }
    stator_event_queue_add(&simulation->event_queue, simulation->now + service, who,
                           (uint32_t)where);
}

static void arrive(struct simulation *simulation, uint32_t who, size_t where)
{
    struct queue *queue = &simulation->queues[where];
    unsigned servers = simulation->spec->network->stations[where].servers;

    account(simulation, queue);
    if (servers == 0 || queue->busy < servers) {
        serve(simulation, who, where);
    } else {
        queue->waiting[(queue->first + queue->count++) % simulation->spec->population] = who;
    }
}

static void leave(struct simulation *simulation, size_t where)
{
    struct queue *queue = &simulation->queues[where];

    account(simulation, queue);
    queue->busy--;
    if (queue->count > 0) {
        uint32_t next = queue->waiting[queue->first];

        queue->first = (queue->first + 1) % simulation->spec->population;
        queue->count--;
        serve(simulation, next, where);
    }
}

/* Warm-up is over: what was counted so far does not count. */
static void begin_counting(struct simulation *simulation)
{
    for (size_t i = 0; i < simulation->spec->network->count; i++) {
        struct queue *queue = &simulation->queues[i];

        account(simulation, queue);
        queue->busy_sum = 0;
        queue->inside_sum = 0;
    }
    simulation->response_sum = 0;
    simulation->begin = simulation->now;
}

static void complete(struct simulation *simulation, uint32_t who)
{
    struct request *request = &simulation->requests[who];

    simulation->response_sum += (double)(simulation->now - request->start - request->delayed);
    simulation->completed++;
    *request = (struct request){.start = simulation->now};
    if (simulation->completed == simulation->wanted / WARM_UP) {
        begin_counting(simulation);
    }
}

/* To the next station that it visits, from `where` on, or round again. */
static void move_on(struct simulation *simulation, uint32_t who, size_t where)
{
    uint64_t end = simulation->wanted + simulation->wanted / WARM_UP;

    while (simulation->completed < end) {
        if (where == simulation->spec->network->count) {
            complete(simulation, who);
            where = 0;
        } else if (chooses(simulation, where)) {
            arrive(simulation, who, where);
            return;
        } else {
            where++;
        }
    }
}

static void run(struct simulation *simulation)
{
    uint64_t end = simulation->wanted + simulation->wanted / WARM_UP;
    struct stator_event_queue_item item;

    for (uint32_t who = 0; who < simulation->spec->population; who++) {
        move_on(simulation, who, 0);
    }
    while (simulation->completed < end &&
           stator_event_queue_take(&simulation->event_queue, &item)) {
        simulation->now = item.time;
        leave(simulation, item.where);
        move_on(simulation, item.who, item.where + 1);
    }
}

static void on_event(struct simulation *simulation, struct stator_network_figures *out)
{
    const struct stator_network *network = simulation->spec->network;
    double elapsed = (double)(simulation->now - simulation->begin);
    double counted = (double)simulation->wanted;

    *out = (struct stator_network_figures){
        .population = simulation->spec->population,
        .throughput = counted / (elapsed / NS),
        .response = simulation->response_sum / counted / NS,
    };
    for (size_t i = 0; i < network->count; i++) {
        unsigned servers = network->stations[i].servers;
        struct queue *queue = &simulation->queues[i];

        account(simulation, queue);
        out->utilisation[i] = queue->busy_sum / elapsed / (servers > 0 ? servers : 1);
        out->queue[i] = queue->inside_sum / elapsed;
    }
}

static void finish(struct simulation *simulation)
{
    stator_event_queue_finish(&simulation->event_queue);
    free(simulation->requests);
    free(simulation->rings);
}

/* The number of requests to count where the caller does not say. */
static uint64_t choose_requests(const struct stator_simulate_spec *spec)
{
    double requests = REQUESTS_REGULAR;

    for (size_t i = 0; i < spec->network->count; i++) {
        const struct stator_simulate_manner *manner = &spec->manners[i];
        bool shared = manner->choice == STATOR_SIMULATE_CHOICE_SHARED;
        double visits = spec->network->stations[i].visits;
        double share = shared || visits <= 0 ? 1 : visits;

        if (manner->law != STATOR_SIMULATE_LAW_CONSTANT) {
            requests = fmax(requests, REQUESTS_DRAWN);
        }
        if (manner->choice == STATOR_SIMULATE_CHOICE_COIN) {
            requests = fmax(requests, VISITS_BY_COIN / share);
        }
        requests = fmax(requests, VISITS_OF_EACH * spec->population / share);
    }
    return (uint64_t)fmin(requests, REQUESTS_MAX);
}

static int init(struct simulation *simulation, const struct stator_simulate_spec *spec)
{
    size_t population = spec->population;

    *simulation = (struct simulation){
        .spec = spec,
        .wanted = spec->requests > 0 ? spec->requests : choose_requests(spec),
        .requests = calloc(population, sizeof(*simulation->requests)),
        .rings = calloc(population * spec->network->count, sizeof(*simulation->rings)),
    };
    if (simulation->requests == NULL || simulation->rings == NULL ||
        stator_event_queue_init(&simulation->event_queue, population) < 0) {
        finish(simulation);
        return -ENOMEM;
    }
    for (size_t i = 0; i < spec->network->count; i++) {
        simulation->queues[i].waiting = simulation->rings + i * population;
    }
    stator_random_init(&simulation->random, spec->seed);
    return 0;
}

int stator_simulate_run(const struct stator_simulate_spec *spec, struct stator_network_figures *out)
{
    struct simulation simulation;
    int failure;

    if (!is_simulable(spec)) {
        return -EINVAL;
    }
    failure = init(&simulation, spec);
    if (failure < 0) {
        return failure;
    }
    run(&simulation);
    if (simulation.now > simulation.begin) {
        on_event(&simulation, out);
    } else {
        failure = -EINVAL;
    }
    finish(&simulation);
    return failure;
}
