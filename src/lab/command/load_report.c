/*
 * Writes what a load has measured.
 *
 * Knows units and words; refuses to know how anything was measured. The one surprising thing: a
 * percentile that too few responses stand behind is left blank, not guessed.
 */
#include "lab/command/load_report.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>

static const struct {
    const char *key, *words;
} kinds[STATOR_LOAD_ERROR_COUNT] = {
    [STATOR_LOAD_ERROR_CONNECT] = {"connect", "could not connect"},
    [STATOR_LOAD_ERROR_RESET] = {"reset", "reset by the server"},
    [STATOR_LOAD_ERROR_TIMEOUT] = {"timeout", "no response in time"},
    [STATOR_LOAD_ERROR_CUT] = {"cut", "closed before the response was complete"},
    [STATOR_LOAD_ERROR_STATUS] = {"status", "another status than 200, 206 or 304"},
    [STATOR_LOAD_ERROR_WRONG] = {"wrong", "not the length or content that it should be"},
};

static const struct {
    const char *key, *words;
    double share;
} percentiles[] = {
    {"p50", "median", 0.5},   {"p90", "p90", 0.9},         {"p99", "p99", 0.99},
    {"p999", "p99.9", 0.999}, {"p9999", "p99.99", 0.9999},
};

#define PERCENTILES (sizeof(percentiles) / sizeof(percentiles[0]))

const char *stator_load_error_key(enum stator_load_error error)
{
    return kinds[error].key;
}

const char *stator_load_error_words(enum stator_load_error error)
{
    return kinds[error].words;
}

uint64_t stator_load_outcome_errors(const struct stator_load_outcome *outcome)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < STATOR_LOAD_ERROR_COUNT; i++) {
        sum += outcome->errors[i];
    }
    return sum;
}

/* By time; NAN where none has passed. */
static double rate_of(double amount, const struct stator_load_result *result)
{
    return result->seconds > 0 ? amount / result->seconds : NAN;
}

/* --- for people ------------------------------------------------------------------------------ */

/* A time in the unit that suits it, 10 columns wide; blank for NAN. */
static void print_time(FILE *stream, double us)
{
    if (isnan(us)) {
        fprintf(stream, "%10s", "");
    } else if (us < 1000) {
        fprintf(stream, "%7.0f us", us);
    } else if (us < 1000000) {
        fprintf(stream, "%7.2f ms", us / 1000);
    } else {
        fprintf(stream, "%7.2f s ", us / 1000000);
    }
}

static void print_times(FILE *stream, const struct stator_load_outcome *outcome)
{
    fprintf(stream, "  response time    from intended start  from sending\n");
    for (size_t i = 0; i < PERCENTILES; i++) {
        fprintf(stream, "    %-12s", percentiles[i].words);
        print_time(stream, stator_histogram_sure(outcome->from_intended, percentiles[i].share));
        fprintf(stream, "          ");
        print_time(stream, stator_histogram_sure(outcome->from_sent, percentiles[i].share));
        fprintf(stream, "\n");
    }
    fprintf(stream, "    %-12s", "longest");
    print_time(stream, (double)outcome->from_intended->max);
    fprintf(stream, "          ");
    print_time(stream, (double)outcome->from_sent->max);
    fprintf(stream, "\n");
}

static void print_errors(FILE *stream, const struct stator_load_outcome *outcome)
{
    fprintf(stream, "  errors       %12llu\n",
            (unsigned long long)stator_load_outcome_errors(outcome));
    for (unsigned i = 0; i < STATOR_LOAD_ERROR_COUNT; i++) {
        if (outcome->errors[i] > 0) {
            fprintf(stream, "    %10llu  %s\n", (unsigned long long)outcome->errors[i],
                    kinds[i].words);
        }
    }
}

static void print_group(FILE *stream, const struct stator_load_result *result,
                        const struct stator_load_group *group,
                        const struct stator_load_outcome *outcome)
{
    fprintf(stream, "%s\n", outcome->name);
    fprintf(stream, "  responses    %12llu  %10.1f a second\n",
            (unsigned long long)outcome->responses, rate_of((double)outcome->responses, result));
    fprintf(stream, "  body         %12llu  %10.1f Mbit/s\n",
            (unsigned long long)outcome->body_bytes,
            rate_of((double)outcome->body_bytes * 8 / 1e6, result));
    fprintf(stream, "  connections  %12llu  made meanwhile; %llu of %u held throughout\n",
            (unsigned long long)outcome->connections, (unsigned long long)outcome->held,
            group->clients);
    fprintf(stream, "  under way    %12.2f  on average; %llu unanswered at the end\n",
            outcome->inside, (unsigned long long)outcome->unanswered);
    if (outcome->aborted > 0) {
        fprintf(stream, "  given up     %12llu  on purpose\n",
                (unsigned long long)outcome->aborted);
    }
    print_errors(stream, outcome);
    if (outcome->responses > 0) {
        print_times(stream, outcome);
    }
}

static void print_health(FILE *stream, const struct stator_load_result *result)
{
    bool known = false;

    fprintf(stream, "load generator   %.0f %% of a processor", result->client_cpu * 100);
    for (size_t i = 0; i < result->group_count; i++) {
        const struct stator_histogram *lag = result->groups[i].lag;

        if (lag->count > 0 && !known) {
            fprintf(stream, "; sent late by (p99)");
            print_time(stream, stator_histogram_percentile(lag, 0.99));
            known = true;
        }
    }
    fprintf(stream, "\n");
    if (result->limited) {
        fprintf(stream,
                "  client-limited: the generator, not the server, may be what was measured\n"
                "  fix: ask for less, or give it a processor of its own\n");
    }
}

int stator_load_report_print(const struct stator_load_report *report, FILE *stream)
{
    const struct stator_load_result *result = report->result;

    fprintf(stream, "%s: %.2f s%s, seed %llu\n", report->url, result->seconds,
            result->partial ? " (partial: it was ended early)" : "",
            (unsigned long long)report->spec->seed);
    for (size_t i = 0; i < result->group_count; i++) {
        print_group(stream, result, &report->spec->groups[i], &result->groups[i]);
    }
    print_health(stream, result);
    return fflush(stream) == 0 && !ferror(stream) ? 0 : -EIO;
}

/* --- for programs ---------------------------------------------------------------------------- */

/* NULL, which the setters refuse, where memory is out. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *count(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* The object if it has all its members, else NULL: memory was out for one of them. */
static json_t *sealed(json_t *object, size_t members)
{
    if (object != NULL && json_object_size(object) == members) {
        return object;
    }
    json_decref(object);
    return NULL;
}

static json_t *times_of(const struct stator_histogram *histogram)
{
    json_t *times = json_object();

    json_object_set_new(times, "count", count(histogram->count));
    json_object_set_new(times, "mean", number(stator_histogram_mean(histogram)));
    for (size_t i = 0; i < PERCENTILES; i++) {
        json_object_set_new(times, percentiles[i].key,
                            number(stator_histogram_sure(histogram, percentiles[i].share)));
    }
    json_object_set_new(times, "max", number(histogram->count > 0 ? (double)histogram->max : NAN));
    return sealed(times, PERCENTILES + 3);
}

static json_t *errors_of(const struct stator_load_outcome *outcome)
{
    json_t *errors = json_object();

    for (unsigned i = 0; i < STATOR_LOAD_ERROR_COUNT; i++) {
        json_object_set_new(errors, kinds[i].key, count(outcome->errors[i]));
    }
    return sealed(errors, STATOR_LOAD_ERROR_COUNT);
}

static json_t *group_of(const struct stator_load_result *result,
                        const struct stator_load_group *group,
                        const struct stator_load_outcome *outcome)
{
    const struct {
        const char *key;
        json_t *value;
    } members[] = {
        {"name", json_string(outcome->name)},
        {"clients", count(group->clients)},
        {"responses", count(outcome->responses)},
        {"rate", number(rate_of((double)outcome->responses, result))},
        {"body_bytes", count(outcome->body_bytes)},
        {"body_mbit", number(rate_of((double)outcome->body_bytes * 8 / 1e6, result))},
        {"wire_bytes", count(outcome->wire_bytes)},
        {"carried", count(outcome->carried)},
        {"requests", count(outcome->requests)},
        {"unanswered", count(outcome->unanswered)},
        {"aborted", count(outcome->aborted)},
        {"error_count", count(stator_load_outcome_errors(outcome))},
        {"errors", errors_of(outcome)},
        {"connections", count(outcome->connections)},
        {"held", count(outcome->held)},
        {"inside", number(outcome->inside)},
        {"fairness", number(outcome->fairness)},
        {"honest_us", times_of(outcome->from_intended)},
        {"naive_us", times_of(outcome->from_sent)},
        {"lag_us", times_of(outcome->lag)},
    };
    json_t *object = json_object();

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        json_object_set_new(object, members[i].key, members[i].value);
    }
    return sealed(object, sizeof(members) / sizeof(members[0]));
}

static json_t *object_of(const struct stator_load_report *report)
{
    const struct stator_load_result *result = report->result;
    json_t *object = json_object(), *groups = json_array();
    bool complete;

    for (size_t i = 0; i < result->group_count; i++) {
        json_array_append_new(groups,
                              group_of(result, &report->spec->groups[i], &result->groups[i]));
    }
    complete = json_array_size(groups) == result->group_count;
    json_object_set_new(object, "url", json_string(report->url));
    json_object_set_new(object, "seconds", number(result->seconds));
    json_object_set_new(object, "seed", count(report->spec->seed));
    json_object_set_new(object, "partial", json_boolean(result->partial));
    json_object_set_new(object, "limited", json_boolean(result->limited));
    json_object_set_new(object, "client_cpu", number(result->client_cpu));
    json_object_set_new(object, "groups", groups);
    return sealed(object, complete ? 7 : 0);
}

int stator_load_report_json(const struct stator_load_report *report, FILE *stream)
{
    json_t *object = object_of(report);
    int code;

    if (object == NULL) {
        return -ENOMEM;
    }
    code = json_dumpf(object, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
    json_decref(object);
    fputc('\n', stream);
    return code == 0 && fflush(stream) == 0 && !ferror(stream) ? 0 : -EIO;
}
