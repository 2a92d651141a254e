/*
 * Load on the server itself: the generator called from here, and `stator-lab load` as a person
 * types it.
 */
#include "../api/program.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/load/load.h"

#define LENGTH 1024

static struct {
    char directory[64], file[80];
    struct program program;
    uint64_t checksum;
} fixture;

static const char *const nothing[] = {NULL};

/* Serves a directory with one file of LENGTH bytes, "f". */
static void open_fixture(void)
{
    const char *arguments[] = {"-p", "0", fixture.directory, NULL};
    char bytes[LENGTH];
    int fd;

    for (int i = 0; i < LENGTH; i++) {
        bytes[i] = (char)('a' + i % 26);
    }
    fixture.checksum = stator_load_checksum(STATOR_LOAD_CHECKSUM, bytes, LENGTH);
    snprintf(fixture.directory, sizeof(fixture.directory), "/tmp/stator-lab-XXXXXX");
    cr_assert_not_null(mkdtemp(fixture.directory));
    snprintf(fixture.file, sizeof(fixture.file), "%s/f", fixture.directory);
    chmod(fixture.directory, 0755);
    fd = open(fixture.file, O_WRONLY | O_CREAT, 0644);
    cr_assert_eq(write(fd, bytes, LENGTH), LENGTH);
    close(fd);
    program_serve(&fixture.program, &(struct program_setup){.arguments = arguments});
    cr_assert_neq(fixture.program.port, 0);
}

static void close_fixture(void)
{
    cr_expect_eq(program_stop(&fixture.program), 0);
    unlink(fixture.file);
    rmdir(fixture.directory);
}

/* Runs the laboratory's program. Returns: its exit code. */
static int run_lab(const char *const *arguments, char *output, size_t output_size, char *errors,
                   size_t errors_size)
{
    const struct program_setup setup = {.arguments = arguments, .environment = nothing};

    setenv("STATOR_PROGRAM", getenv("STATOR_LAB_PROGRAM"), 1);
    return program_run(&setup, output, output_size, errors, errors_size);
}

TestSuite(lab_load, .timeout = 100);

/* --- the generator --------------------------------------------------------------------------- */

static void expect_load(struct stator_load_group group)
{
    const struct stator_load_target target = {
        .path = "/f", .length = LENGTH, .checked = true, .checksum = fixture.checksum};
    const struct stator_load_spec spec = {
        .server = {.sin_family = AF_INET,
                   .sin_port = htons((uint16_t)fixture.program.port),
                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
        .groups = &group,
        .group_count = 1,
        .warm_up = 0.1,
        .duration = 0.5};
    const struct stator_load_outcome *outcome;
    struct stator_load_result result;
    double area, low, high;

    group.name = "clients";
    group.clients = 8;
    group.targets = &target;
    group.target_count = 1;
    cr_assert_eq(stator_load_run(&spec, &result), 0);
    outcome = &result.groups[0];
    for (int i = 0; i < STATOR_LOAD_ERROR_COUNT; i++) {
        cr_expect_eq(outcome->errors[i], 0u, "errors of kind %d", i);
    }
    cr_expect_geq(outcome->responses, 20u);
    cr_expect_eq(outcome->body_bytes, outcome->responses * LENGTH);
    cr_expect_gt(outcome->wire_bytes, outcome->body_bytes);
    /* Little: those inside are the rate times the time inside, but for what the two ends cut off.
     * A time is kept in whole us. */
    area = outcome->inside * result.seconds * 1e6;
    low = (double)outcome->from_intended->sum -
          (double)(outcome->carried * outcome->from_intended->max);
    high = (double)(outcome->from_intended->sum + outcome->responses) +
           (double)outcome->unanswered * result.seconds * 1e6;
    cr_expect(area >= low && area <= high, "%f <= %f <= %f", low, area, high);
    if (group.arrival == STATOR_LOAD_ARRIVAL_CLOSED) {
        cr_expect_float_eq(outcome->inside, 8.0 * (group.pipeline > 1 ? group.pipeline : 1), 0.01);
    }
    stator_load_finish(&result);
}

Test(lab_load, closed_and_open_loops_on_the_server)
{
    open_fixture();
    expect_load((struct stator_load_group){0});
    expect_load((struct stator_load_group){.pipeline = 4});
    expect_load((struct stator_load_group){.per_connection = 3});
    expect_load((struct stator_load_group){.arrival = STATOR_LOAD_ARRIVAL_CONSTANT, .rate = 200});
    expect_load((struct stator_load_group){.arrival = STATOR_LOAD_ARRIVAL_POISSON, .rate = 400});
    close_fixture();
}

/* --- the command ----------------------------------------------------------------------------- */

static char output[65536], errors[65536];

Test(lab_load, prints_a_table)
{
    char url[64];
    const char *p99;

    open_fixture();
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/f", fixture.program.port);
    const char *arguments[] = {"load",     url,           "--open", "300",    "--duration",
                               "500ms",    "--warm-up",   "100ms",  "--idle", "5",
                               "--header", "Accept: */*", NULL};
    cr_expect_eq(run_lab(arguments, output, sizeof(output), errors, sizeof(errors)), 0, "%s",
                 errors);
    cr_expect_not_null(strstr(output, "responses"), "%s", output);
    cr_expect_not_null(strstr(output, "5 of 5 held"), "%s", output);
    cr_expect_not_null(strstr(output, "load generator"), "%s", output);
    p99 = strstr(output, "p99 ");
    cr_assert_not_null(p99, "%s", output);
    cr_expect_eq(p99[strspn(p99, "p9 ")], '\n', "too few responses for it: %s", output);
    cr_expect_str_eq(errors, "", "no progress where no terminal is");
    close_fixture();
}

Test(lab_load, prints_json)
{
    char url[64];
    json_t *object, *clients;

    open_fixture();
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", fixture.program.port);
    const char *arguments[] = {"load",   url,          "--path", "/f",     "--path", "/f",
                               "--json", "--duration", "300ms",  "--seed", "7",      NULL};
    cr_expect_eq(run_lab(arguments, output, sizeof(output), errors, sizeof(errors)), 0, "%s",
                 errors);
    object = json_loads(output, 0, NULL);
    cr_assert_not_null(object, "%s", output);
    clients = json_array_get(json_object_get(object, "groups"), 0);
    cr_expect_eq(json_integer_value(json_object_get(object, "seed")), 7);
    cr_expect(json_is_false(json_object_get(object, "partial")));
    cr_expect_float_eq(json_real_value(json_object_get(object, "seconds")), 0.3, 1e-6);
    cr_expect_gt(json_integer_value(json_object_get(clients, "responses")), 0);
    cr_expect_eq(
        json_integer_value(json_object_get(clients, "responses")),
        json_integer_value(json_object_get(json_object_get(clients, "honest_us"), "count")));
    cr_expect_eq(json_integer_value(json_object_get(clients, "error_count")), 0);
    json_decref(object);
    close_fixture();
}

/* Waits until an interrupt would not end the process, as Linux tells; elsewhere a while. */
static void wait_for_handler(pid_t pid)
{
    char path[64], line[256];
    unsigned long long caught = 0;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    for (int i = 0; i < PATIENCE_MS / 10 && (caught & 1ull << (SIGINT - 1)) == 0; i++) {
        FILE *status = fopen(path, "r");

        usleep(10000);
        while (status != NULL && fgets(line, sizeof(line), status) != NULL) {
            sscanf(line, "SigCgt: %llx", &caught);
        }
        if (status != NULL) {
            fclose(status);
        }
        if (status == NULL && i == 200) {
            return;
        }
    }
}

Test(lab_load, an_interrupt_keeps_what_was_measured)
{
    char url[64];
    struct program lab;
    json_t *object;

    open_fixture();
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/f", fixture.program.port);
    const char *arguments[] = {"load", url, "--json", "--duration", "1h", "--warm-up", "0", NULL};
    setenv("STATOR_PROGRAM", getenv("STATOR_LAB_PROGRAM"), 1);
    program_spawn(&lab, &(struct program_setup){.arguments = arguments, .environment = nothing});
    wait_for_handler(lab.pid);
    sleep(1); /* for some responses: without any it would fail */
    kill(lab.pid, SIGINT);
    program_read_all(lab.output, output, sizeof(output));
    cr_expect_eq(program_wait(&lab), 0);
    object = json_loads(output, 0, NULL);
    cr_assert_not_null(object, "%s", output);
    cr_expect(json_is_true(json_object_get(object, "partial")));
    cr_expect_lt(json_real_value(json_object_get(object, "seconds")), 3600);
    json_decref(object);
    close_fixture();
}

Test(lab_load, fails_where_no_response_succeeds)
{
    char url[64];

    open_fixture();
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/none", fixture.program.port);
    const char *arguments[] = {"load", url, "--duration", "100ms", "--warm-up", "0", NULL};
    cr_expect_eq(run_lab(arguments, output, sizeof(output), errors, sizeof(errors)), 1);
    cr_expect_not_null(strstr(output, "another status"), "%s", output);
    cr_expect_not_null(strstr(errors, "no response succeeded"), "%s", errors);
    close_fixture();
}

Test(lab_load, cannot_run_where_nobody_listens)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    char url[64];

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, length), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", ntohs(address.sin_port));
    const char *refused[] = {"load", url, NULL};
    cr_expect_eq(run_lab(refused, output, sizeof(output), errors, sizeof(errors)), 77);
    cr_expect_not_null(strstr(errors, "nobody listens"), "%s", errors);

    const char *many[] = {"load", url, "--idle", "1000000", NULL};
    const struct program_setup setup = {
        .arguments = many, .environment = nothing, .descriptors = 256};
    cr_expect_eq(program_run(&setup, output, sizeof(output), errors, sizeof(errors)), 77);
    cr_expect_not_null(strstr(errors, "fewer descriptors"), "%s", errors);
    close(fd);
}

Test(lab_load, says_what_is_wrong_with_a_command_line)
{
    static const struct {
        const char *arguments[6];
        const char *says;
    } rows[] = {
        {{"load", NULL}, "no URL"},
        {{"load", "http://127.0.0.1:1/", "http://127.0.0.1:2/", NULL}, "more than one URL"},
        {{"load", "https://127.0.0.1:1/", NULL}, "without TLS"},
        {{"load", "--conections", "4", "http://127.0.0.1:1/", NULL}, "'connections'"},
        {{"load", "--connections", "many", "http://127.0.0.1:1/", NULL}, "0..1000000"},
        {{"load", "--arrivals", "steady", "http://127.0.0.1:1/", NULL}, "poisson|constant"},
        {{"load", "http://127.0.0.1:1/", "--duration", NULL}, "needs a value"},
        {{"load", "http://127.0.0.1:1/", "--header", "nothing", NULL}, "--header"},
        {{"load", "http://127.0.0.1:1/", "--path", "f", NULL}, "--path"},
        {{"load", "http://127.0.0.1:1/", "--connections", "0", NULL}, "no client"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(run_lab(rows[i].arguments, output, sizeof(output), errors, sizeof(errors)), 2,
                     "row %zu", i);
        cr_expect_not_null(strstr(errors, rows[i].says), "row %zu: %s", i, errors);
        cr_expect_str_eq(output, "");
    }
}

Test(lab_load, helps)
{
    static const char *const arguments[] = {"load", "--help", NULL};

    cr_expect_eq(run_lab(arguments, output, sizeof(output), errors, sizeof(errors)), 0);
    cr_expect_not_null(strstr(output, "--requests-per-connection N"), "%s", output);
    cr_expect_str_eq(errors, "");
}
