/*
 * Solved models as a table for people.
 *
 * Knows columns; refuses to know how their figures came about. The one surprising thing: the
 * utilisations are those of the last simulation shown, and only by the utilisation law without one.
 */
#include <math.h>

#include "lab/model/render.h"

#define WIDTH 7 /* of a column with a rate */

static const struct {
    const char *name, *meaning;
} columns[STATOR_SIMULATE_CHOICE_COUNT] = {
    [STATOR_SIMULATE_CHOICE_SHARED] = {"const", "each request brings its share of a miss"},
    [STATOR_SIMULATE_CHOICE_EVERY] = {"even", "misses come evenly, each whole"},
    [STATOR_SIMULATE_CHOICE_COIN] = {"coin", "each request misses by chance"},
};

static bool shows(const struct stator_model_view *view, int choice)
{
    return (view->choices & 1u << choice) != 0;
}

/* The last of the simulations that are shown, or -1. */
static int last_choice(const struct stator_model_view *view)
{
    int choice = STATOR_SIMULATE_CHOICE_COUNT - 1;

    while (choice >= 0 && !shows(view, choice)) {
        choice--;
    }
    return choice;
}

/* With a space before it, and never wider than a column. */
static void print_rate(double rate, FILE *stream)
{
    if (rate < 1e5) {
        fprintf(stream, " %*.1f", WIDTH, rate);
    } else if (rate < 1e7) {
        fprintf(stream, " %*.0f", WIDTH, rate);
    } else {
        fprintf(stream, " %*.1e", WIDTH, rate);
    }
}

static void print_names(const struct stator_model_view *view, FILE *stream)
{
    for (int choice = 0; choice < STATOR_SIMULATE_CHOICE_COUNT; choice++) {
        if (shows(view, choice)) {
            fprintf(stream, " %*s", WIDTH, columns[choice].name);
        }
    }
}

static void print_simulated(const struct stator_model_view *view,
                            const struct stator_model_row *row, FILE *stream)
{
    for (int choice = 0; choice < STATOR_SIMULATE_CHOICE_COUNT; choice++) {
        if (shows(view, choice)) {
            print_rate(row->simulated[choice].throughput, stream);
        }
    }
}

static void print_meanings(const struct stator_model_view *view, FILE *stream)
{
    fprintf(stream, "\nResponses a second.\n"
                    "  limit  nothing can do more, whatever the service times\n"
                    "  MVA    exact means, for exponential service times\n");
    for (int choice = 0; choice < STATOR_SIMULATE_CHOICE_COUNT; choice++) {
        if (shows(view, choice)) {
            fprintf(stream, "  %-5s  simulated, constant times: %s\n", columns[choice].name,
                    columns[choice].meaning);
        }
    }
}

static void print_lecture(const struct stator_model_view *view, FILE *stream)
{
    fprintf(stream, "%-21s %7s %4s %5s %7s %7s", "CS555", "threads", "CPUs", "slide", "limit",
            "MVA");
    print_names(view, stream);
    fputc('\n', stream);
    for (size_t i = 0; i < view->count; i++) {
        const struct stator_model_row *row = &view->rows[i];

        fprintf(stream, "%-21s %7u %4u %5.0f", row->lecture->name, row->threads, row->lecture->cpus,
                row->lecture->slide);
        print_rate(row->bounds.high, stream);
        print_rate(row->exact.throughput, stream);
        print_simulated(view, row, stream);
        fputc('\n', stream);
    }
    print_meanings(view, stream);
    fprintf(stream, "\nEach request needs 2 ms of a processor and, on a miss, 8 ms of the one disk."
                    "\nThe slide's 444 and 500 need two processors and constant or even misses.\n");
}

static const char *plural(unsigned count)
{
    return count == 1 ? "" : "s";
}

static void print_caption(const struct stator_network *network, FILE *stream)
{
    const struct stator_station *cpu = &network->stations[STATOR_MODEL_CPU];
    const struct stator_station *disk = &network->stations[STATOR_MODEL_DISK];
    double knee = stator_bounds_of(network, 1).knee;

    fprintf(stream, "%g ms on %u processor%s; %g %% hits, else %g ms on %u disk channel%s\n",
            cpu->service * 1e3, cpu->servers, plural(cpu->servers), (1 - disk->visits) * 100,
            disk->service * 1e3, disk->servers, plural(disk->servers));
    fprintf(stream, "With more than %.2f threads some must wait.\n\n", knee);
}

static void print_row(const struct stator_model_view *view, const struct stator_model_row *row,
                      FILE *stream)
{
    int last = last_choice(view);
    const struct stator_network_figures *busy = last >= 0 ? &row->simulated[last] : &row->exact;

    fprintf(stream, "%7u", row->threads);
    print_rate(row->bounds.high, stream);
    print_rate(row->bounds.balanced_low, stream);
    print_rate(row->bounds.balanced_high, stream);
    print_rate(row->exact.throughput, stream);
    print_simulated(view, row, stream);
    fprintf(stream, " %4.0f%% %4.0f%%\n", busy->utilisation[STATOR_MODEL_CPU] * 100,
            busy->utilisation[STATOR_MODEL_DISK] * 100);
}

static void print_levels(const struct stator_model_view *view, FILE *stream)
{
    int last = last_choice(view);

    print_caption(&view->rows[0].network, stream);
    fprintf(stream, "%7s %7s %15s %7s", "threads", "limit", "balanced bounds", "MVA");
    print_names(view, stream);
    fprintf(stream, " %5s %5s\n", "CPU", "disk");
    for (size_t i = 0; i < view->count; i++) {
        print_row(view, &view->rows[i], stream);
    }
    print_meanings(view, stream);
    fprintf(stream,
            "The balanced bounds are around MVA; regular service times can do better.\n"
            "CPU and disk: how busy they are, in the column %s.\n",
            last >= 0 ? columns[last].name : "MVA");
}

void stator_model_view_print(const struct stator_model_view *view, FILE *stream)
{
    if (view->rows[0].lecture != NULL) {
        print_lecture(view, stream);
    } else {
        print_levels(view, stream);
    }
}
