/*
 * The options of `stator-lab load`: one table, of which help, reading and defaults are made.
 *
 * Knows how they are written and what they mean for the load; refuses to run it. The one surprising
 * thing: numbers have one room each, whatever their unit, and become a load only when all are read.
 */
#include "lab/command/load_options.h"

#include <errno.h>
#include <string.h>

#include "http/token.h"
#include "lab/command/command.h"
#include "lab/command/flag.h"
#include "server/value.h"

enum option_id {
    OPEN,
    ARRIVALS,
    CONNECTIONS,
    PER_CONNECTION,
    PIPELINE,
    THINK,
    IDLE,
    SLOW_READERS,
    SLOW_WRITERS,
    ABORT,
    PACE,
    DURATION,
    WARM_UP,
    SEED,
    SOURCES,
    TIMEOUT,
    HEADER,
    PATH,
    JSON,
    HELP,
    OPTIONS,
};

static const struct {
    const char *name, *argument;
    enum stator_value kind;
    const char *range; /* NULL: it has no number */
    uint64_t fallback;
    const char *help;
} table[OPTIONS] = {
    [OPEN] = {"open", "RATE", STATOR_VALUE_NUMBER, "1..10000000", 0,
              "open loop: so many requests a second, whatever the server does"},
    [ARRIVALS] = {"arrivals", "HOW", STATOR_VALUE_NUMBER, "poisson|constant", 0,
                  "of an open loop: poisson (default) or constant"},
    [CONNECTIONS] = {"connections", "N", STATOR_VALUE_NUMBER, "0..1000000", 16,
                     "clients that ask, a connection each (16)"},
    [PER_CONNECTION] = {"requests-per-connection", "N", STATOR_VALUE_NUMBER, "0..1000000000", 0,
                        "then it is closed and made anew (0: never)"},
    [PIPELINE] = {"pipeline", "N", STATOR_VALUE_NUMBER, "1..1024", 1,
                  "requests that are sent at once (1)"},
    [THINK] = {"think", "TIME", STATOR_VALUE_DURATION, "0..1h", 0,
               "pause between response and request (0)"},
    [IDLE] = {"idle", "N", STATOR_VALUE_NUMBER, "0..1000000", 0,
              "clients that ask once and stay connected"},
    [SLOW_READERS] = {"slow-readers", "N", STATOR_VALUE_NUMBER, "0..1000000", 0,
                      "clients that read by --pace"},
    [SLOW_WRITERS] = {"slow-writers", "N", STATOR_VALUE_NUMBER, "0..1000000", 0,
                      "clients that send by --pace"},
    [ABORT] = {"abort", "N", STATOR_VALUE_NUMBER, "0..1000000", 0,
               "clients that reset within the response, ten times a second"},
    [PACE] = {"pace", "BYTES", STATOR_VALUE_SIZE, "1..1G", 1024, "a second, of slow clients (1K)"},
    [DURATION] = {"duration", "TIME", STATOR_VALUE_DURATION, "1ms..24h", 10000,
                  "how long it counts (10s)"},
    [WARM_UP] = {"warm-up", "TIME", STATOR_VALUE_DURATION, "0..1h", 1000, "how long before (1s)"},
    [SEED] = {"seed", "N", STATOR_VALUE_NUMBER, "0..9007199254740991", 1,
              "of all that is drawn (1)"},
    [SOURCES] = {"sources", "N", STATOR_VALUE_NUMBER, "0..250", 0,
                 "loopback addresses to come from (0: as many as ports need)"},
    [TIMEOUT] = {"timeout", "TIME", STATOR_VALUE_DURATION, "1ms..24h", 30000,
                 "until a request has failed (30s)"},
    [HEADER] = {"header", "'NAME: VALUE'", STATOR_VALUE_NUMBER, NULL, 0,
                "a further field of each request; may be repeated"},
    [PATH] = {"path", "PATH", STATOR_VALUE_NUMBER, NULL, 0,
              "instead of the URL's; may be repeated, then each is as likely"},
    [JSON] = {"json", NULL, STATOR_VALUE_NUMBER, NULL, 0, "print one JSON object"},
    [HELP] = {"help", NULL, STATOR_VALUE_NUMBER, NULL, 0, "print this"},
};

void stator_load_options_help(FILE *stream)
{
    fprintf(stream,
            "usage: stator-lab load URL [OPTIONS]\n\n"
            "Puts load on any HTTP server and tells how it answers. Without --open each\n"
            "client sends its next request when the response to the last one has come.\n\n");
    for (unsigned i = 0; i < OPTIONS; i++) {
        char flag[64];

        snprintf(flag, sizeof(flag), "--%s%s%s", table[i].name,
                 table[i].argument != NULL ? " " : "",
                 table[i].argument != NULL ? table[i].argument : "");
        fprintf(stream, "  %-29s %s\n", flag, table[i].help);
    }
    fprintf(stream, "\nTimes are seconds, or have ms, s, m or h. Exit codes: 0 ok, 1 no response\n"
                    "succeeded, 2 usage, 77 no server there or too few descriptors.\n");
}

/* --- reading --------------------------------------------------------------------------------- */

static int add_header(struct stator_load_options *options, const char *value)
{
    struct stator_span text = stator_span_from(value);
    size_t colon = stator_span_find(text, ':');

    if (colon == text.length || !stator_token_is_valid(stator_span_first(text, colon)) ||
        !stator_field_is_valid(text)) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, "--header is no field",
                                   "it has no name, no colon, or a byte that no field may have",
                                   "write --header 'Name: value'");
    }
    stator_text_add(&options->fields, text);
    stator_text_add_string(&options->fields, "\r\n");
    return STATOR_LAB_EXIT_OK;
}

static int add_path(struct stator_load_options *options, const char *value)
{
    size_t *count = &options->groups[0].target_count;

    if (value[0] != '/' || strlen(value) != strcspn(value, " #\t\r\n")) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, "--path is no path",
                                   "it does not begin with '/', or holds a space or '#'",
                                   "percent-encode it, as in --path /a%20b");
    }
    if (*count == STATOR_LOAD_OPTIONS_PATHS) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, "too many paths", "64 are the most",
                                   NULL);
    }
    options->targets[(*count)++] = (struct stator_load_target){.path = value, .length = -1};
    return STATOR_LAB_EXIT_OK;
}

static int read_flag(struct stator_load_options *options, const struct stator_flag_reader *reader,
                     enum option_id id, uint64_t numbers[OPTIONS])
{
    if (id == HEADER) {
        return add_header(options, reader->value);
    }
    if (id == PATH) {
        return add_path(options, reader->value);
    }
    if (id == JSON || id == HELP) {
        *(id == JSON ? &options->json : &options->help) = true;
        return STATOR_LAB_EXIT_OK;
    }
    return stator_value_parse(table[id].kind, stator_span_from(table[id].range),
                              stator_span_from(reader->value), &numbers[id])
               ? STATOR_LAB_EXIT_OK
               : stator_flag_refuse(reader, table[id].range);
}

/* Reads all words; what is no flag is the URL. */
static int read_words(struct stator_load_options *options, int argc, char *argv[],
                      uint64_t numbers[OPTIONS])
{
    struct option longs[OPTIONS + 1] = {0};
    struct stator_flag_reader reader = {
        .command = "load", .table = longs, .argc = argc, .argv = argv};
    int code = STATOR_LAB_EXIT_OK, id = 0;

    for (int i = 0; i < OPTIONS; i++) {
        longs[i].name = table[i].name;
        longs[i].has_arg = table[i].argument != NULL ? required_argument : no_argument;
        longs[i].val = STATOR_FLAG_FIRST + i;
        numbers[i] = table[i].fallback;
    }
    while (code == STATOR_LAB_EXIT_OK && (id = stator_flag_next(&reader)) >= STATOR_FLAG_FIRST) {
        code = read_flag(options, &reader, id - STATOR_FLAG_FIRST, numbers);
    }
    if (code != STATOR_LAB_EXIT_OK || id == STATOR_FLAG_WRONG) {
        return STATOR_LAB_EXIT_USAGE;
    }
    if (!options->help && argc - reader.rest != 1) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE,
                                   argc > reader.rest ? "there is more than one URL"
                                                      : "there is no URL to put load on",
                                   NULL, "stator-lab load http://127.0.0.1:8080/");
    }
    options->text = argv[reader.rest];
    return STATOR_LAB_EXIT_OK;
}

/* --- meaning --------------------------------------------------------------------------------- */

static double seconds(uint64_t ms)
{
    return (double)ms / 1000;
}

/* Adds a group where there is anybody in it. */
static void add_group(struct stator_load_options *options, const uint64_t numbers[OPTIONS],
                      enum option_id clients, struct stator_load_group group)
{
    if (numbers[clients] == 0) {
        return;
    }
    group.clients = (unsigned)numbers[clients];
    group.pace = (double)numbers[PACE];
    group.timeout = seconds(numbers[TIMEOUT]);
    options->groups[options->spec.group_count++] = group;
}

static void make_groups(struct stator_load_options *options, const uint64_t numbers[OPTIONS])
{
    size_t paths = options->groups[0].target_count;
    const struct stator_load_group base = {.targets = options->targets, .target_count = paths};
    struct stator_load_group clients = base, idle = base, readers = base, writers = base,
                             abort = base;

    clients.name = "clients";
    clients.per_connection = (unsigned)numbers[PER_CONNECTION];
    clients.pipeline = (unsigned)numbers[PIPELINE];
    clients.think = seconds(numbers[THINK]);
    clients.rate = (double)numbers[OPEN];
    if (numbers[OPEN] > 0) {
        clients.arrival =
            numbers[ARRIVALS] == 0 ? STATOR_LOAD_ARRIVAL_POISSON : STATOR_LOAD_ARRIVAL_CONSTANT;
    }
    idle.name = "idle clients";
    idle.manner = STATOR_LOAD_MANNER_IDLE;
    readers.name = "slow readers";
    readers.manner = STATOR_LOAD_MANNER_SLOW_READER;
    writers.name = "slow writers";
    writers.manner = STATOR_LOAD_MANNER_SLOW_WRITER;
    abort.name = "aborting clients";
    abort.manner = STATOR_LOAD_MANNER_ABORT;
    abort.think = 0.1;
    add_group(options, numbers, CONNECTIONS, clients);
    add_group(options, numbers, IDLE, idle);
    add_group(options, numbers, SLOW_READERS, readers);
    add_group(options, numbers, SLOW_WRITERS, writers);
    add_group(options, numbers, ABORT, abort);
}

/* The URL, and what follows from it. */
static int read_url(struct stator_load_options *options)
{
    const char *why = NULL, *fix = NULL;
    char what[200];
    int code = stator_load_url_parse(options->text, &options->url, &why, &fix);

    if (code < 0) {
        snprintf(what, sizeof(what), "cannot put load on '%.120s'", options->text);
        return stator_command_fail(code == -ENOENT ? STATOR_LAB_EXIT_CANNOT : STATOR_LAB_EXIT_USAGE,
                                   what, why, fix);
    }
    return options->groups[0].target_count == 0 ? add_path(options, options->url.path)
                                                : STATOR_LAB_EXIT_OK;
}

static int make_spec(struct stator_load_options *options, const uint64_t numbers[OPTIONS])
{
    options->spec = (struct stator_load_spec){
        .server = options->url.address,
        .host = options->url.host,
        .groups = options->groups,
        .warm_up = seconds(numbers[WARM_UP]),
        .duration = seconds(numbers[DURATION]),
        .seed = numbers[SEED],
        .sources = (unsigned)numbers[SOURCES],
    };
    stator_text_add_char(&options->fields, '\0');
    if (options->fields.failed) {
        return stator_command_fail(STATOR_LAB_EXIT_FAILED, "out of memory", NULL, NULL);
    }
    for (size_t i = 0; i < options->groups[0].target_count; i++) {
        options->targets[i].fields = options->fields.at;
    }
    make_groups(options, numbers);
    if (options->spec.group_count == 0) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, "there is no client to put load on it",
                                   "--connections is 0, and no others were asked for",
                                   "add --connections 16 or --idle 1000");
    }
    return STATOR_LAB_EXIT_OK;
}

int stator_load_options_read(struct stator_load_options *options, int argc, char *argv[])
{
    uint64_t numbers[OPTIONS];
    int code;

    *options = (struct stator_load_options){0};
    code = read_words(options, argc, argv, numbers);
    if (code != STATOR_LAB_EXIT_OK || options->help) {
        return code;
    }
    code = read_url(options);
    return code == STATOR_LAB_EXIT_OK ? make_spec(options, numbers) : code;
}

void stator_load_options_finish(struct stator_load_options *options)
{
    stator_text_finish(&options->fields);
}
