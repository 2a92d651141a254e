/*
 * `stator-lab model`: what a server with so many threads can do, without a server.
 *
 * Knows its flags; refuses to know queueing. The one surprising thing: without a flag that
 * describes a system it shows the lecture's cases, which are systems of their own.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lab/command/command.h"
#include "lab/command/flag.h"
#include "lab/model/render.h"
#include "lab/stats/decimal.h"
#include "server/value.h"

#define ROWS_MAX 64u
#define THREADS  "1..1024"

static const char help[] =
    "usage: stator-lab model [FLAGS]\n"
    "\n"
    "Predicts the throughput of threads that share processors and a disk: by bounds,\n"
    "exact mean value analysis and simulation. Without flags: the lecture's cases.\n"
    "\n"
    "  --cpu TIME        processor time of each request (2ms)\n"
    "  --cpus N          processors (1)\n"
    "  --disk TIME       disk time of each miss (8ms)\n"
    "  --channels N      misses that the disk serves at a time (1)\n"
    "  --hit SHARE       requests that need no disk: 0.75 or 75% (0.75)\n"
    "  --threads LIST    each with a request at a time: 8, 1..8, 1,2,4,64 (1..8)\n"
    "  --deterministic   simulate requests that each bring their share of a miss\n"
    "  --even            simulate misses that come evenly\n"
    "  --coin            simulate misses by chance; all three where none is named\n"
    "  --seed N          of the chances (1)\n"
    "  --json            for programs\n"
    "\n"
    "TIME is in seconds or has us, ms, s, m or h: 2.5ms.\n";

struct request {
    double cpu, disk, hit;
    uint64_t cpus, channels, seed;
    unsigned threads[ROWS_MAX];
    size_t count;
    unsigned choices;
    bool described; /* a flag describes the system */
    bool json;
};

static bool parse_number(const char *range, struct stator_span text, uint64_t *out)
{
    return stator_value_parse(STATOR_VALUE_NUMBER, stator_span_from(range), text, out);
}

/* Adds "8" or "1..8". */
static bool add_threads(struct request *request, struct stator_span item)
{
    size_t dot = stator_span_find(item, '.');
    uint64_t low, high;
    bool range = dot < item.length;

    if (!parse_number(THREADS, stator_span_first(item, dot), &low)) {
        return false;
    }
    high = low;
    if (range && (!stator_span_starts(stator_span_skip(item, dot), STATOR_SPAN("..")) ||
                  !parse_number(THREADS, stator_span_skip(item, dot + 2), &high))) {
        return false;
    }
    if (high < low || request->count + (high - low) >= ROWS_MAX) {
        return false;
    }
    while (low <= high) {
        request->threads[request->count++] = (unsigned)low++;
    }
    return true;
}

static bool parse_threads(struct request *request, struct stator_span text)
{
    request->count = 0;
    for (;;) {
        size_t length = stator_span_find(text, ',');

        if (!add_threads(request, stator_span_first(text, length))) {
            return false;
        }
        if (length == text.length) {
            return true;
        }
        text = stator_span_skip(text, length + 1);
    }
}

/* From 1us to 1m, what a simulation can count, or 0. */
static bool parse_time(struct stator_span text, double *out)
{
    double seconds;

    if (!stator_decimal_parse_duration(text, &seconds) || seconds > 60 ||
        (seconds > 0 && seconds < 1e-6)) {
        return false;
    }
    *out = seconds;
    return true;
}

enum {
    FLAG_CPU = STATOR_FLAG_FIRST,
    FLAG_CPUS,
    FLAG_DISK,
    FLAG_CHANNELS,
    FLAG_HIT,
    FLAG_THREADS,
    FLAG_SEED,
    FLAG_DETERMINISTIC,
    FLAG_EVEN,
    FLAG_COIN,
    FLAG_JSON,
    FLAG_HELP,
};

static const struct option flags[] = {
    {"cpu", required_argument, NULL, FLAG_CPU},
    {"cpus", required_argument, NULL, FLAG_CPUS},
    {"disk", required_argument, NULL, FLAG_DISK},
    {"channels", required_argument, NULL, FLAG_CHANNELS},
    {"hit", required_argument, NULL, FLAG_HIT},
    {"threads", required_argument, NULL, FLAG_THREADS},
    {"seed", required_argument, NULL, FLAG_SEED},
    {"deterministic", no_argument, NULL, FLAG_DETERMINISTIC},
    {"even", no_argument, NULL, FLAG_EVEN},
    {"coin", no_argument, NULL, FLAG_COIN},
    {"json", no_argument, NULL, FLAG_JSON},
    {"help", no_argument, NULL, FLAG_HELP},
    {NULL, 0, NULL, 0},
};

/* Returns: NULL, or what its value must be. */
static const char *take_value(struct request *request, int flag, struct stator_span value)
{
    switch (flag) {
    case FLAG_CPU:
        return parse_time(value, &request->cpu) ? NULL : "a time like 2.5ms: 0, or 1us to 1m";
    case FLAG_DISK:
        return parse_time(value, &request->disk) ? NULL : "a time like 8ms: 0, or 1us to 1m";
    case FLAG_HIT:
        return stator_decimal_parse_share(value, &request->hit) ? NULL : "like 0.75 or 75%";
    case FLAG_CPUS:
        return parse_number("1..1024", value, &request->cpus) ? NULL : "a number, 1 to 1024";
    case FLAG_CHANNELS:
        return parse_number("1..1024", value, &request->channels) ? NULL : "a number, 1 to 1024";
    case FLAG_THREADS:
        return parse_threads(request, value)
                   ? NULL
                   : "numbers from 1 to 1024, like 8, 1..8 or 1,2,4; at most 64 of them";
    default:
        return parse_number("0..9223372036854775807", value, &request->seed)
                   ? NULL
                   : "a number below 2^63";
    }
}

static void take_switch(struct request *request, int flag)
{
    switch (flag) {
    case FLAG_DETERMINISTIC:
        request->choices |= 1u << STATOR_SIMULATE_CHOICE_SHARED;
        break;
    case FLAG_EVEN:
        request->choices |= 1u << STATOR_SIMULATE_CHOICE_EVERY;
        break;
    case FLAG_COIN:
        request->choices |= 1u << STATOR_SIMULATE_CHOICE_COIN;
        break;
    default:
        request->json = true;
    }
}

/*
 * Reads all flags. Returns: STATOR_LAB_EXIT_OK, another exit code, or -1 where help was asked for.
 */
static int read_flags(int argc, char *argv[], struct request *request)
{
    struct stator_flag_reader reader = {
        .command = "model", .table = flags, .argc = argc, .argv = argv};
    int flag;

    while ((flag = stator_flag_next(&reader)) >= STATOR_FLAG_FIRST) {
        const char *must;

        if (flag == FLAG_HELP) {
            return -1;
        }
        if (reader.value == NULL) {
            take_switch(request, flag);
            continue;
        }
        must = take_value(request, flag, stator_span_from(reader.value));
        if (must != NULL) {
            return stator_flag_refuse(&reader, must);
        }
        request->described = request->described || flag != FLAG_SEED;
    }
    if (flag == STATOR_FLAG_WRONG) {
        return STATOR_LAB_EXIT_USAGE;
    }
    if (reader.rest < argc) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, "model takes flags alone", NULL,
                                   "see stator-lab model --help");
    }
    return STATOR_LAB_EXIT_OK;
}

/* The rows that were asked for. Fails: as stator_model_solve does. */
static int solve_levels(const struct request *request, struct stator_model_view *view,
                        struct stator_model_row *rows)
{
    struct stator_network network =
        stator_model_network(request->cpu, (unsigned)request->cpus, request->disk,
                             (unsigned)request->channels, request->hit);
    int failure = 0;

    for (size_t i = 0; i < request->count && failure == 0; i++) {
        failure = stator_model_solve(&network, request->threads[i], view->choices, view->seed,
                                     &rows[view->count++]);
    }
    return failure;
}

static int solve_lecture(struct stator_model_view *view, struct stator_model_row *rows)
{
    const struct stator_cs555 *row;
    int failure = 0;

    while (failure == 0 && (row = stator_cs555_at(view->count)) != NULL) {
        struct stator_network network = stator_model_network_of(row);

        failure = stator_model_solve(&network, row->threads, view->choices, view->seed,
                                     &rows[view->count]);
        rows[view->count++].lecture = row;
    }
    return failure;
}

static int show(const struct request *request)
{
    struct stator_model_row rows[ROWS_MAX];
    struct stator_model_view view = {
        .rows = rows, .choices = request->choices, .seed = request->seed};
    int failure =
        request->described ? solve_levels(request, &view, rows) : solve_lecture(&view, rows);

    if (failure == -EINVAL) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE,
                                   "requests that need no time have no model", NULL,
                                   "give --cpu or --disk some time");
    }
    if (failure == 0 && request->json) {
        failure = stator_model_view_write(&view, stdout);
    } else if (failure == 0) {
        stator_model_view_print(&view, stdout);
    }
    if (failure < 0) {
        return stator_command_fail(STATOR_LAB_EXIT_FAILED, "cannot show the model",
                                   strerror(-failure), NULL);
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? STATOR_LAB_EXIT_OK : STATOR_LAB_EXIT_FAILED;
}

int stator_command_model(int argc, char *argv[])
{
    struct request request = {
        .cpu = 2e-3, .disk = 8e-3, .hit = 0.75, .cpus = 1, .channels = 1, .seed = 1};
    int code;

    parse_threads(&request, STATOR_SPAN("1..8"));
    code = read_flags(argc, argv, &request);
    if (code == -1) {
        fputs(help, stdout);
        return fflush(stdout) == 0 ? STATOR_LAB_EXIT_OK : STATOR_LAB_EXIT_FAILED;
    }
    if (code != STATOR_LAB_EXIT_OK) {
        return code;
    }
    if (request.choices == 0) {
        request.choices = (1u << STATOR_SIMULATE_CHOICE_COUNT) - 1;
    }
    return show(&request);
}
