/*
 * The claims.
 *
 * Knows what was claimed and by whom, and which test stands for it; refuses to interpret. The one
 * surprising thing: most claims say that one design has so many times another's figure somewhere,
 * so they are rows of a table.
 */
#include "lab/report/claims.h"

#include "lab/report/hypothesis.h"

struct row {
    struct stator_claim text;
    stator_claim_test_fn *test; /* NULL: the ratio */
    struct stator_claim_ratio ratio;
};

#define MUCH 1e9

static const struct row rows[] = {
    {.text = {"With everything in memory the architecture matters little.",
              "Flash, Pai et al. 1999",
              "hot: the best concurrent design has at most 1.3 times the rate of the last"},
     .test = stator_claim_test_cached},
    {.text = {"A single event loop that waits for its disk is far behind one with helpers (AMPED).",
              "Flash, Pai et al. 1999", "disk: amped has at least 1.5 times event's rate"},
     .ratio = {.workload = "disk",
               .level = STATOR_CLAIM_LEVEL_WIDEST,
               .metric = STATOR_METRIC_RATE,
               .arch = "amped",
               .other = "event",
               .min = 1.5,
               .max = MUCH}},
    {.text = {"Threads overlap disk waits as well as helpers do.", "Flash, Pai et al. 1999",
              "disk: pool has at least 0.85 times amped's rate"},
     .ratio = {.workload = "disk",
               .level = STATOR_CLAIM_LEVEL_DECISIVE,
               .metric = STATOR_METRIC_RATE,
               .arch = "pool",
               .other = "amped",
               .min = 0.85,
               .max = MUCH}},
    {.text = {"Thread pools for what blocks boost an event server 9 times.", "nginx blog 2015",
              "disk: amped has at least 5 times event's rate at some level"},
     .ratio = {.workload = "disk",
               .level = STATOR_CLAIM_LEVEL_WIDEST,
               .metric = STATOR_METRIC_RATE,
               .arch = "amped",
               .other = "event",
               .min = 5,
               .max = MUCH}},
    {.text = {"With many idle connections poll loses up to 79 % of its throughput.",
              "Gammo et al. 2004",
              "idle: event:backend=poll keeps at most 70 % of its rate at the last level"},
     .test = stator_claim_test_poll},
    {.text = {"With many idle connections epoll loses next to nothing.", "Gammo et al. 2004",
              "idle: event keeps at least 85 % of its rate at the last level"},
     .test = stator_claim_test_epoll},
    {.text = {"select is not the most efficient way to wait for many.", "COMP 177",
              "idle: it refuses a level, or has at least 1.05 times event's processor time"},
     .test = stator_claim_test_select},
    {.text = {"One machine can hold ten thousand connections.", "C10K, Kegel 1999",
              "a design holds 10,000 with errors under 0.1 %"},
     .test = stator_claim_test_held},
    {.text = {"A thread for each connection costs much memory.", "C10K, Kegel 1999",
              "idle: thread has at least 3 times event's memory a connection"},
     .ratio = {.workload = "idle",
               .level = STATOR_CLAIM_LEVEL_BOTH,
               .metric = STATOR_METRIC_PER_CONNECTION,
               .arch = "thread",
               .other = "event",
               .min = 3,
               .max = MUCH}},
    {.text = {"Event-driven processes are up to 18 % faster than a thread for each connection.",
              "Pariag et al. 2007", "hot: event-prefork has at least 1.05 times thread's rate"},
     .ratio = {.workload = "hot",
               .level = STATOR_CLAIM_LEVEL_DECISIVE,
               .metric = STATOR_METRIC_RATE,
               .arch = "event-prefork",
               .other = "thread",
               .min = 1.05,
               .max = MUCH}},
    {.text = {"It is ugly to make everyone wait for one client.", "COMP 177",
              "convoy: iterative fails more than 0.1 % of the small requests"},
     .test = stator_claim_test_convoy},
    {.text = {"A process for each connection costs more than a thread.", "COMP 177",
              "conn: fork has at least 1.2 times thread's processor time at the first level"},
     .ratio = {.workload = "conn",
               .level = STATOR_CLAIM_LEVEL_FIRST,
               .metric = STATOR_METRIC_CPU,
               .arch = "fork",
               .other = "thread",
               .min = 1.2,
               .max = MUCH}},
    {.text = {"A pool spares what making a thread costs.", "CS555",
              "conn: thread has at least 1.05 times pool's processor time at the first level"},
     .ratio = {.workload = "conn",
               .level = STATOR_CLAIM_LEVEL_FIRST,
               .metric = STATOR_METRIC_CPU,
               .arch = "thread",
               .other = "pool",
               .min = 1.05,
               .max = MUCH}},
    {.text = {"Keep-alive makes the cost of a connection's process matter less.", "COMP 177",
              "conn: fork's excess over event is halved from the first level to the last"},
     .test = stator_claim_test_keep_alive},
    {.text = {"A second thread makes 125 requests a second of 100 by overlapping disk and "
              "processor.",
              "CS555",
              "cs555: without a cache pool:workers=2 has 1.21 to 1.29 times pool:workers=1's rate"},
     .ratio = {.workload = "cs555",
               .level = STATOR_CLAIM_LEVEL_AT,
               .at = 0,
               .metric = STATOR_METRIC_RATE,
               .arch = "pool:workers=2",
               .other = "pool:workers=1",
               .min = 1.21,
               .max = 1.29}},
    {.text = {"Scanning without waiting burns the processor.", "COMP 177",
              "convoy: spin uses at least 1.5 times event's cores, whose clients mostly wait"},
     .ratio = {.workload = "convoy",
               .level = STATOR_CLAIM_LEVEL_DECISIVE,
               .metric = STATOR_METRIC_CORES,
               .arch = "spin",
               .other = "event",
               .min = 1.5,
               .max = MUCH}},
    {.text = {"A client that waits before it asks again hides a stall from its percentiles.",
              "Tene 2013", "stall: the naive p99 is less than half of the honest one"},
     .test = stator_claim_test_stall},
};

const struct stator_claim *stator_claim_at(size_t index)
{
    return index < sizeof(rows) / sizeof(rows[0]) ? &rows[index].text : NULL;
}

enum stator_claim_answer stator_claim_test(struct stator_view *view, size_t index,
                                           struct stator_text *out)
{
    const struct row *row = &rows[index];

    return row->test != NULL ? row->test(view, out)
                             : stator_claim_test_ratio(view, &row->ratio, out);
}

const char *stator_claim_answer_name(enum stator_claim_answer answer)
{
    static const char *const names[] = {"reproduced", "not reproduced", "not testable here"};

    return names[answer];
}
