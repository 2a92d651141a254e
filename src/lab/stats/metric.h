/* What is measured: each metric once, with its unit and its definition. */
#ifndef STATOR_LAB_STATS_METRIC_H
#define STATOR_LAB_STATS_METRIC_H

enum stator_metric {
    STATOR_METRIC_RATE, /* M1 */
    STATOR_METRIC_BODY, /* M2 */
    STATOR_METRIC_HELD, /* M3 */
    STATOR_METRIC_P50,  /* M4, from the intended start */
    STATOR_METRIC_P90,
    STATOR_METRIC_P99,
    STATOR_METRIC_P999,
    STATOR_METRIC_MAX,
    STATOR_METRIC_CORES, /* M5 */
    STATOR_METRIC_CPU,
    STATOR_METRIC_CPU_USER,
    STATOR_METRIC_CPU_SYSTEM,
    STATOR_METRIC_MEMORY, /* M6 */
    STATOR_METRIC_PSS,
    STATOR_METRIC_KERNEL,
    STATOR_METRIC_PER_CONNECTION,
    STATOR_METRIC_SWITCHES,
    STATOR_METRIC_PREEMPTIONS,
    STATOR_METRIC_CALLS,
    STATOR_METRIC_IMBALANCE,
    STATOR_METRIC_FAIRNESS,
    STATOR_METRIC_ERRORS,
    STATOR_METRIC_START,
    STATOR_METRIC_THREADS,
    STATOR_METRIC_FROM_SENT_P99,
    STATOR_METRIC_CLIENT_LAG,
    STATOR_METRIC_CLIENT_CPU,
    STATOR_METRIC_COUNT,
};

/* Jain's index below this: about half of the clients, or more, were hardly answered. */
#define STATOR_METRIC_FAIR 0.55

struct stator_metric_info {
    const char *key;        /* in files: "rate" */
    const char *name;       /* for people: "responses" */
    const char *unit;       /* "1/s", "us", "bytes", "" */
    const char *slide;      /* "M1" to "M6", "" for the others */
    int better;             /* 1: more is, -1: less is, 0: neither */
    const char *definition; /* one sentence */
};

/* Lives: for ever. */
const struct stator_metric_info *stator_metric_info(enum stator_metric metric);

/* The metric of that key, or STATOR_METRIC_COUNT. */
enum stator_metric stator_metric_find(const char *key);

#endif
