/*
 * How a lobby and a crew work together.
 *
 * Knows the order in which they end: the lobby first, then the lines between them, then the crew.
 * Refuses to know which guest goes to which thread. The one surprising thing: where the system
 * gives no thread at all, the lobby's own serves, one guest after the other, for nobody else ever
 * would. A thread writes its log lines before it waits for long, because nobody else may touch them
 * meanwhile.
 */
#include "arch/blocking/threaded_server.h"

#include <errno.h>

#include "arch/activity.h"

static struct stator_crewed *crewed_of(struct stator_arch *arch)
{
    return (struct stator_crewed *)arch;
}

int stator_crewed_init(struct stator_arch *arch, const struct stator_guests_host *host,
                       stator_crew_work_fn *work, stator_crew_done_fn *done)
{
    struct stator_crewed *self = crewed_of(arch);
    struct stator_worker **workers = arch->setup.workers;
    int error;

    if (arch->setup.worker_count < 2) {
        return -EINVAL;
    }
    error =
        stator_crew_init(&self->crew, arch, workers + 1, arch->setup.worker_count - 1, work, done);
    return error < 0 ? error : stator_lobby_create(arch, workers[0], host, &self->lobby);
}

void stator_crewed_finish(struct stator_arch *arch)
{
    stator_lobby_destroy(crewed_of(arch)->lobby);
    stator_crew_finish(&crewed_of(arch)->crew);
}

/* Takes out of a line that no thread came to. */
static void clear_line(struct stator_line *line)
{
    struct stator_line_turn turn;

    while (stator_line_take(line, 0, &turn) == STATOR_LINE_ITEM) {
        stator_lobby_return(turn.item);
    }
}

int stator_crewed_run(struct stator_arch *arch, struct stator_line *lines, size_t count)
{
    struct stator_crewed *self = crewed_of(arch);
    int error = stator_lobby_run(self->lobby);

    for (size_t i = 0; i < count; i++) {
        stator_line_close(&lines[i]);
    }
    stator_crew_join(&self->crew);
    for (size_t i = 0; i < count; i++) {
        clear_line(&lines[i]);
    }
    stator_lobby_clear(self->lobby);
    return error;
}

void stator_crewed_stop(struct stator_arch *arch)
{
    stator_crew_halt(&crewed_of(arch)->crew);
    stator_lobby_wake(crewed_of(arch)->lobby);
}

/* The lobby's worker has others to see to: with it, who is idle gives way to who comes. */
void stator_crewed_serve(struct stator_arch *arch, struct stator_worker *worker,
                         struct stator_guest *guest, bool one)
{
    const struct stator_block_seat seat = {.arch = arch,
                                           .worker = worker,
                                           .wake = crewed_of(arch)->crew.halt[0],
                                           .gives_way = worker == arch->setup.workers[0]};

    stator_turn_begin(worker);
    if (one) {
        guest->over = !stator_block_serve_one(&guest->block, &seat);
    } else {
        stator_block_serve(&guest->block, &seat);
        guest->over = true;
    }
    if (guest->over) {
        stator_block_close(&guest->block);
    }
    stator_turn_end(worker, false);
}

void stator_crewed_serve_last(struct stator_arch *arch, struct stator_worker *worker,
                              struct stator_guest *guest, bool one)
{
    stator_crewed_serve(arch, worker, guest, one);
    stator_worker_wake(worker);
    stator_log_batch_flush(&worker->log, worker->clock.monotonic, true);
}

void stator_crewed_stand_in(struct stator_arch *arch, struct stator_guest *guest, bool one)
{
    struct stator_worker *worker = arch->setup.workers[0];

    stator_arch_meet(arch, STATOR_ARCH_SHORT, 0, worker->clock.monotonic);
    stator_crewed_serve(arch, worker, guest, one);
    stator_turn_begin(worker); /* the lobby's, which has not ended */
    stator_lobby_return(guest);
}

bool stator_crewed_hire(struct stator_arch *arch, struct stator_guest *guest, bool one)
{
    struct stator_crew *crew = &crewed_of(arch)->crew;

    if (stator_crew_hire(crew, guest)) {
        return true;
    }
    if (stator_crew_busy(crew) > 0) {
        return false;
    }
    stator_crewed_stand_in(arch, guest, one);
    return true;
}

void stator_crewed_return(struct stator_arch *arch, void *guest)
{
    (void)arch;
    stator_lobby_return(guest);
}

/* How long the next wait may be, in ms: for ever, unless log lines grow old meanwhile. */
static int64_t patience(struct stator_worker *worker)
{
    stator_worker_wake(worker);
    stator_log_batch_flush(&worker->log, worker->clock.monotonic, false);
    return stator_log_batch_waits(&worker->log) ? STATOR_LOG_DELAY_MS : -1;
}

void stator_crewed_attend(struct stator_arch *arch, struct stator_worker *worker,
                          struct stator_line *line, bool one)
{
    for (;;) {
        struct stator_line_turn turn;

        switch (stator_line_take(line, patience(worker), &turn)) {
        case STATOR_LINE_ITEM:
            if (turn.made_room) {
                stator_lobby_wake(crewed_of(arch)->lobby);
            }
            stator_crewed_serve(arch, worker, turn.item, one);
            stator_lobby_return(turn.item);
            break;
        case STATOR_LINE_NONE:
            stator_turn_begin(worker);
            stator_turn_end(worker, true);
            break;
        case STATOR_LINE_OVER:
            stator_log_batch_flush(&worker->log, worker->clock.monotonic, true);
            return;
        }
    }
}
