/*
 * `stator-lab load`: puts load on any server.
 *
 * Knows the person who waits: progress on a terminal, an end on Ctrl-C with what was measured until
 * then; refuses to know how load is made.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lab/command/command.h"
#include "lab/command/load_options.h"
#include "lab/command/load_report.h"

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

/* Says how far it is, where somebody looks, and whether it goes on. */
static bool show_progress(double elapsed, void *context)
{
    const struct stator_load_spec *spec = context;

    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r%s %.0f s of %.0f s\033[K", elapsed < spec->warm_up ? "warming" : "load",
                elapsed, spec->warm_up + spec->duration);
    }
    return interrupted == 0;
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K");
    }
}

static int fail(int code, const struct stator_load_options *options)
{
    char what[200];

    snprintf(what, sizeof(what), "cannot put load on '%.120s'", options->text);
    switch (code) {
    case -EMFILE:
        return stator_command_fail(STATOR_LAB_EXIT_CANNOT, what,
                                   "there are fewer descriptors than clients",
                                   "raise the limit (ulimit -n), or ask for fewer clients");
    case -ECONNREFUSED:
        return stator_command_fail(STATOR_LAB_EXIT_CANNOT, what, "nobody listens there",
                                   "start the server, or check the port");
    case -EHOSTUNREACH:
    case -ENETUNREACH:
    case -ETIMEDOUT:
    case -EADDRNOTAVAIL:
        return stator_command_fail(STATOR_LAB_EXIT_CANNOT, what, strerror(-code),
                                   "check the address, and --sources if you gave it");
    default:
        return stator_command_fail(STATOR_LAB_EXIT_FAILED, what, strerror(-code), NULL);
    }
}

static uint64_t count_responses(const struct stator_load_result *result)
{
    uint64_t count = 0;

    for (size_t i = 0; i < result->group_count; i++) {
        count += result->groups[i].responses;
    }
    return count;
}

/* The load ran to its end, or was ended. */
static int report(const struct stator_load_options *options,
                  const struct stator_load_result *result)
{
    const struct stator_load_report report = {options->text, &options->spec, result};
    int code = options->json ? stator_load_report_json(&report, stdout)
                             : stator_load_report_print(&report, stdout);

    if (code < 0) {
        return stator_command_fail(STATOR_LAB_EXIT_FAILED, "cannot write the result",
                                   strerror(-code), NULL);
    }
    if (count_responses(result) == 0 && options->spec.groups[0].manner != STATOR_LOAD_MANNER_IDLE) {
        return stator_command_fail(
            STATOR_LAB_EXIT_FAILED, "no response succeeded",
            result->partial ? "it was ended too early" : "the errors above say why", NULL);
    }
    return STATOR_LAB_EXIT_OK;
}

static int run(struct stator_load_options *options)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND}, before;
    struct stator_load_result result;
    int code;

    options->spec.on_tick = show_progress;
    options->spec.context = &options->spec;
    interrupted = 0;
    sigaction(SIGINT, &action, &before);
    code = stator_load_run(&options->spec, &result);
    sigaction(SIGINT, &before, NULL);
    clear_progress();
    if (code < 0) {
        return fail(code, options);
    }
    code = report(options, &result);
    stator_load_finish(&result);
    return code;
}

int stator_command_load(int argc, char *argv[])
{
    struct stator_load_options options;
    int code = stator_load_options_read(&options, argc, argv);

    if (code == STATOR_LAB_EXIT_OK && options.help) {
        stator_load_options_help(stdout);
        code = fflush(stdout) == 0 ? STATOR_LAB_EXIT_OK : STATOR_LAB_EXIT_FAILED;
    } else if (code == STATOR_LAB_EXIT_OK) {
        code = run(&options);
    }
    stator_load_options_finish(&options);
    return code;
}
